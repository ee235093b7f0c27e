/** Where the extension begins and ends. */
import { mkdir } from 'node:fs/promises';
import { type ExtensionContext, window } from 'vscode';
import { findCommand } from './command';
import { Environment } from './environment';
import { Session } from './session';
import { StatusBar } from './status';
import { provideSuggestions } from './suggestions';

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('CharRNN', { log: true });
  const storage = context.globalStorageUri.fsPath;
  await mkdir(storage, { recursive: true }); // the server's working directory
  const environment = new Environment(storage, log);
  session = new Session(log, storage, provideSuggestions);
  const status = new StatusBar(session.status);
  session.onStatus((now) => status.showStatus(now));
  context.subscriptions.push(log, status, session);
  const command = await findCommand(environment);
  if (command) await session.start(command);
}

/** VS Code waits for this, so that no server outlives the window. */
export async function deactivate(): Promise<void> {
  await session?.stop();
}
