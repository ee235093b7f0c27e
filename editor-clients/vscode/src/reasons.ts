/** Why nothing shows at the cursor: asked of the server once the writer has paused for a moment. */
import { type Disposable, EventEmitter, type TextEditor, window, workspace } from 'vscode';
import { isServed } from './documents';
import type { Session } from './session';
import type { Reason } from './status';
import { silenceAt } from './suggestions';

/** Milliseconds without a key or a move of the cursor. */
const CALM = 500;

export class Reasons implements Disposable {
  private readonly changes = new EventEmitter<Reason | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private readonly watching: Disposable[];

  /** The reason at the cursor, each time that it may be another. */
  readonly onReason = this.changes.event;

  constructor(private readonly session: Session) {
    const look = () => this.lookSoon();
    this.watching = [
      window.onDidChangeTextEditorSelection(look),
      window.onDidChangeActiveTextEditor(look),
      workspace.onDidChangeTextDocument(look),
      workspace.onDidChangeConfiguration(look),
      session.onStatus(look),
    ];
  }

  /** The reason at the cursor now. */
  async here(): Promise<Reason | undefined> {
    const editor = window.activeTextEditor;
    if (editor === undefined || !this.session.isRunning) {
      return undefined;
    }
    if (!isServed(editor.document)) {
      const language = editor.document.languageId;
      return { reason: 'language', message: `Documents in ${language} are not among the setting charrnn.languages.` };
    }
    const silence = silenceAt(editor.document, editor.selection.active);
    if (silence !== undefined && this.session.status.state === 'ready') {
      return silence;
    }
    const reason = await this.session.execute<Reason>('charrnn.explain', [place(editor)]).catch(() => undefined);
    return editor === window.activeTextEditor ? reason : undefined;
  }

  /** There is something at the cursor after all, as the writer has asked for it. */
  clear(): void {
    clearTimeout(this.timer);
    this.changes.fire(undefined);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.watching.forEach((watch) => watch.dispose());
    this.changes.dispose();
  }

  private lookSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => this.changes.fire(await this.here()), CALM);
  }
}

function place({ document, selection }: TextEditor) {
  const { line, character } = selection.active;
  return { textDocument: { uri: document.uri.toString() }, position: { line, character } };
}
