/** Where the extension begins and ends. */
import { mkdir } from 'node:fs/promises';
import { type ExtensionContext, window } from 'vscode';
import { App } from './app';

let app: App | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel('CharRNN', { log: true });
  context.subscriptions.push(log);
  await mkdir(context.globalStorageUri.fsPath, { recursive: true }); // the server's working directory
  app = new App(context, log);
  app.startWhenNeeded();
}

/** VS Code waits for this, so that no server outlives the window. */
export async function deactivate(): Promise<void> {
  await app?.stop();
}
