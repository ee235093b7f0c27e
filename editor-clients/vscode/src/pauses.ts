/** Where the writer wants quiet: in some documents, or everywhere. A server that starts anew is told again. */
import type { TextDocument } from 'vscode';
import type { Session } from './session';

export class Pauses {
  private readonly here = new Set<string>();
  private everywhere = false;

  constructor(private readonly session: Session) {
    session.onStart(() => this.repeat());
  }

  isPaused(document: TextDocument | undefined): boolean {
    return this.everywhere || (document !== undefined && this.here.has(document.uri.toString()));
  }

  async pause(document?: TextDocument): Promise<void> {
    if (document === undefined) {
      this.everywhere = true;
    } else {
      this.here.add(document.uri.toString());
    }
    await this.session.execute('charrnn.pause', document === undefined ? [] : [document.uri.toString()]);
  }

  /** Take back the pauses that keep a document silent. */
  async resume(document: TextDocument | undefined): Promise<void> {
    const uri = document?.uri.toString();
    if (this.everywhere) {
      this.everywhere = false;
      await this.session.execute('charrnn.resume');
      this.here.delete(uri ?? '');
      await this.repeat(); // the server has taken back all of them
    } else if (uri !== undefined && this.here.delete(uri)) {
      await this.session.execute('charrnn.resume', [uri]);
    }
  }

  private async repeat(): Promise<void> {
    const wanted = this.everywhere ? [[]] : [...this.here].map((uri) => [uri]);
    await Promise.all(wanted.map((place) => this.session.execute('charrnn.pause', place)));
  }
}
