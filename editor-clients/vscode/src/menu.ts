/** The menu of the status bar, and the choices that it offers. */
import { commands, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import { isServed } from './documents';
import type { Pauses } from './pauses';
import type { Session } from './session';
import { change, setting } from './settings';
import type { Reason } from './status';

interface Entry extends QuickPickItem {
  command?: string;
}

const SEPARATOR: Entry = { label: '', kind: QuickPickItemKind.Separator };

const TEMPERATURES: [number, string][] = [
  [0, 'the most probable text'],
  [0.3, 'close to it'],
  [0.7, 'some variety'],
  [1, 'as the model would write'],
];

const LENGTHS: Record<string, string> = {
  word: 'up to the end of the word',
  phrase: 'some words, up to a pause',
  sentence: 'up to the end of the sentence',
  line: 'up to the end of the line',
};

export async function showMenu(session: Session, pauses: Pauses, reason: Reason | undefined): Promise<void> {
  const chosen = await window.showQuickPick(entries(session, pauses), {
    title: `CharRNN: ${session.status.model || session.status.state}`,
    placeHolder: reason?.message ?? session.status.message,
  });
  // A click on the status bar has taken the focus from the text.
  await commands.executeCommand('workbench.action.focusActiveEditorGroup');
  if (chosen?.command) {
    await commands.executeCommand(chosen.command);
  }
}

function entries(session: Session, pauses: Pauses): Entry[] {
  const document = window.activeTextEditor?.document;
  const here: Entry[] = isServed(document)
    ? [{ label: '$(debug-pause) Pause in this document', command: 'charrnn.pauseHere' }]
    : [];
  const pause: Entry[] = pauses.isPaused(document)
    ? [{ label: '$(play) Resume', command: 'charrnn.continue' }]
    : [...here, { label: '$(debug-pause) Pause everywhere', command: 'charrnn.pauseEverywhere' }];
  const other: Entry[] = document && !isServed(document)
    ? [{ label: `$(add) Suggest in ${document.languageId} as well`, command: 'charrnn.addLanguage' }]
    : [];
  return [
    ...pause,
    ...other,
    SEPARATOR,
    { label: '$(library) Choose the model', description: session.status.model, command: 'charrnn.chooseModel' },
    { label: '$(flame) Temperature', description: String(setting('temperature')), command: 'charrnn.chooseTemperature' },
    { label: '$(arrow-both) Length', description: setting('length'), command: 'charrnn.chooseLength' },
    SEPARATOR,
    { label: '$(mortar-board) Train on my writing', command: 'charrnn.trainOnWriting' },
    { label: '$(trash) Forget what was learned from open documents', command: 'charrnn.forgetMemory' },
    SEPARATOR,
    { label: '$(gear) All settings', command: 'charrnn.openSettings' },
    { label: '$(debug-restart) Restart the server', command: 'charrnn.restartServer' },
    { label: '$(output) Show the log', command: 'charrnn.showLog' },
  ];
}

export async function chooseTemperature(): Promise<void> {
  const items = TEMPERATURES.map(([value, detail]) => ({ label: String(value), description: detail, value }));
  await choose('temperature', 'How adventurous suggestions are', items);
}

export async function chooseLength(): Promise<void> {
  const items = Object.entries(LENGTHS).map(([value, detail]) => ({ label: value, description: detail, value }));
  await choose('length', 'How much to suggest', items);
}

async function choose(key: string, title: string, items: (QuickPickItem & { value: unknown })[]): Promise<void> {
  const now = setting(key);
  const chosen = await window.showQuickPick(items, { title, placeHolder: `Now: ${now}` });
  if (chosen) {
    await change(key, chosen.value);
  }
}
