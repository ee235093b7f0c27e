/** The entry in the status bar: the model, how things stand, and why nothing shows. */
import { type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { Status } from './session';

const ICONS: Record<Status['state'], string> = {
  starting: 'loading~spin',
  loading: 'loading~spin',
  ready: 'quote',
  paused: 'debug-pause',
  off: 'circle-slash',
  error: 'warning',
  stopped: 'warning',
};

export interface Reason {
  reason: string;
  message: string;
}

export class StatusBar implements Disposable {
  private readonly item = window.createStatusBarItem('status', StatusBarAlignment.Right, 100);
  private status: Status;
  private reason: Reason | undefined;

  constructor(status: Status) {
    this.status = status;
    this.item.name = 'CharRNN';
    this.item.command = 'charrnn.menu';
    this.draw();
    this.item.show();
  }

  showStatus(status: Status): void {
    this.status = status;
    this.draw();
  }

  /** Say why nothing shows at the cursor; nothing where there is no cursor, or a suggestion. */
  showReason(reason: Reason | undefined): void {
    this.reason = reason;
    this.draw();
  }

  dispose(): void {
    this.item.dispose();
  }

  private draw(): void {
    const { state, message, model } = this.status;
    const silent = state === 'ready' && this.reason !== undefined && this.reason.reason !== 'shown';
    const words = silent ? `: ${inWords(this.reason?.reason ?? '')}` : '';
    this.item.text = `$(${ICONS[state]}) ${model || 'CharRNN'}${words}`;
    const lines = [message, silent ? (this.reason?.message ?? '') : '', 'Click for the menu.'];
    // As text: what is told can be of a workspace's making, and a picture in it would be fetched.
    this.item.tooltip = new MarkdownString('**CharRNN** ').appendText(lines.filter(Boolean).join('\n\n'));
    const broken = state === 'error' || state === 'stopped';
    this.item.backgroundColor = broken ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}

/** `insideWord` -> "inside word". */
function inWords(code: string): string {
  return code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
