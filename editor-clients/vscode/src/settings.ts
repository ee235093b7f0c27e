/** The settings: which of them the server gets, and what a workspace may choose. */
import * as path from 'node:path';
import { ConfigurationTarget, type Disposable, workspace } from 'vscode';

export const SECTION = 'charrnn';

/** Keys that concern the extension alone, `trace` its language client; the server would call them unknown. */
const OWN = ['serverCommand', 'installFrom', 'trace'];

export type ServerSettings = Record<string, unknown>;

export function setting<T>(key: string): T {
  return workspace.getConfiguration(SECTION).get<T>(key) as T;
}

/** A setting that is a list of strings; nothing where it was set to anything else, which VS Code only underlines. */
export function list(key: string): string[] | undefined {
  const found = setting<unknown>(key);
  return Array.isArray(found) && found.every((item) => typeof item === 'string') ? found : undefined;
}

/** Call back when a setting has another value; a workspace may name settings that are not its own, to no effect. */
export function onSetting(key: string, changed: () => void): Disposable {
  let before = JSON.stringify(setting(key));
  return workspace.onDidChangeConfiguration(() => {
    const now = JSON.stringify(setting(key));
    if (now !== before) {
      before = now;
      changed();
    }
  });
}

/** The section as the server is to see it. */
export function serverSettings(): ServerSettings {
  const section = { ...workspace.getConfiguration().get<ServerSettings>(SECTION) };
  for (const key of OWN) {
    delete section[key];
  }
  return section;
}

/**
 * The settings of the start, which the server trusts: the model is the one of the user's own settings, so that a
 * workspace can later name an installed model, and never a path.
 */
export function trustedSettings(): ServerSettings {
  return { ...serverSettings(), model: userModel() };
}

/** The model of the user's own settings. */
export function userModel(): string {
  const found = workspace.getConfiguration(SECTION).inspect<string>('model');
  return found?.globalValue ?? found?.defaultValue ?? '';
}

export function isPath(model: string): boolean {
  return model.includes('/') || model.includes(path.sep) || model === '.' || model === '..';
}

/** Change a setting where it is set: in the workspace if that has a value of its own, else for the user. */
export async function change(key: string, value: unknown): Promise<void> {
  const section = workspace.getConfiguration(SECTION);
  const own = section.inspect(key)?.workspaceValue !== undefined;
  await section.update(key, value, own ? ConfigurationTarget.Workspace : ConfigurationTarget.Global);
}
