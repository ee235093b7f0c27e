/** A model of the writer's own: from the choice of folders to the model in use. The server shows how far it is. */
import { readFile } from 'node:fs/promises';
import { ProgressLocation, Uri, ViewColumn, window, workspace } from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';
import type { Environment } from './environment';
import { useModel } from './models';
import type { Session } from './session';

const CANCELLED = -32800;
const NEEDS_EXTRA = /charrnn-lsp\[train\]/;
const USE = 'Use It Now';
const REPORT = 'Show the Report';
const ADD = 'Install It';

interface Outcome {
  model: string;
  report?: string;
  kept?: 'tuned' | 'base';
  before?: Figures | null;
  after?: Figures | null;
}

interface Figures {
  bitsPerCharacter?: number;
}

/** Train on these folders and files, or on those that the writer chooses now. */
export async function train(session: Session, environment: Environment, chosen?: Uri[]): Promise<void> {
  const sources = chosen ?? (await chooseSources());
  const name = sources && (await askName());
  if (name) {
    await trainOn(session, environment, sources, name);
  }
}

async function trainOn(session: Session, environment: Environment, sources: Uri[], name: string): Promise<void> {
  const paths = sources.map((source) => source.fsPath);
  try {
    await offer(session, await session.executeSlowly<Outcome>('charrnn.train', [{ paths, name }], `Training ${name}`));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ResponseError && error.code === CANCELLED) {
      void window.showInformationMessage(`The training of ${name} was stopped. Train under the same name to go on.`);
    } else if (NEEDS_EXTRA.test(reason) && session.program !== undefined && session.program === environment.server()) {
      await offerExtra(session, environment, sources, name);
    } else {
      void window.showErrorMessage(`CharRNN could not train ${name}: ${reason}`);
    }
  }
}

async function chooseSources(): Promise<Uri[] | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  return window.showOpenDialog({
    title: 'Folders or files with your writing',
    openLabel: 'Train on This',
    canSelectFolders: true,
    canSelectFiles: true,
    canSelectMany: true,
    ...(folder === undefined ? {} : { defaultUri: folder }),
  });
}

function askName(): Thenable<string | undefined> {
  return window.showInputBox({
    title: 'A name for the model',
    value: 'mine',
    ignoreFocusOut: true, // a menu that closes late takes the focus for a moment
    prompt: 'It is trained on this machine, and nothing leaves it. You can go on writing meanwhile.',
    validateInput: (name) => (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name) ? '' : 'Letters, digits, dots and dashes'),
  });
}

async function offer(session: Session, outcome: Outcome): Promise<void> {
  const buttons = outcome.report === undefined ? [USE] : [USE, REPORT];
  for (;;) {
    const answer = await window.showInformationMessage(summary(outcome), ...buttons);
    if (answer === REPORT && outcome.report !== undefined) {
      await showReport(outcome.model, outcome.report);
    } else {
      return answer === USE ? useModel(session, outcome.model) : undefined;
    }
  }
}

function summary({ model, kept, before, after }: Outcome): string {
  const [old, now] = [before?.bitsPerCharacter, after?.bitsPerCharacter];
  if (kept === 'base') {
    return `The model ${model} is ready. What it learned from your writing made it no better, so it is a copy of its base.`;
  }
  if (now === undefined) {
    return `The model ${model} is ready.`;
  }
  const than = old === undefined ? '' : `, where its base needs ${old.toFixed(2)}`;
  return `The model ${model} is ready. On writing of yours that it had not seen it needs ${now.toFixed(2)} bits per character${than}.`;
}

async function showReport(model: string, path: string): Promise<void> {
  const panel = window.createWebviewPanel('charrnn.report', `Report: ${model}`, ViewColumn.Active, {});
  panel.webview.html = await readFile(path, 'utf-8');
}

/** The extension has made the server's environment: it can add what training needs. */
async function offerExtra(session: Session, environment: Environment, sources: Uri[], name: string): Promise<void> {
  const question = 'Training needs PyTorch, which is not installed. It takes from 200 MB to 3 GB, depending on the platform.';
  if ((await window.showInformationMessage(question, ADD)) !== ADD) {
    return;
  }
  const shown = { location: ProgressLocation.Notification, title: 'Installing what training needs', cancellable: true };
  await window.withProgress(shown, (_, token) => environment.addTraining(token));
  await trainOn(session, environment, sources, name);
}
