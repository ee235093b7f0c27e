/** The extension as a whole: the server found or installed, started when there is prose, and what a writer can command. */
import {
  commands,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  ProgressLocation,
  type Uri,
  window,
  workspace,
} from 'vscode';
import { ConnectionError, ErrorCodes } from 'vscode-languageclient/node';
import { findCommand } from './command';
import { isServed, isWriting } from './documents';
import { Environment } from './environment';
import { chooseLength, chooseTemperature, showMenu } from './menu';
import { chooseModel } from './models';
import { Pauses } from './pauses';
import { Reasons } from './reasons';
import { Session } from './session';
import { change, list, onSetting, SECTION } from './settings';
import { StatusBar } from './status';
import { suggestions, takeWord } from './suggestions';
import { train } from './training';

const DECLINED = 'declinedInstallation';
const INSTALL = 'Install It';
const NOT_NOW = 'Do Not Ask Again';
const COMMAND = 'Set Command'; // short, as the names of all buttons leave no room for that of the extension
const AGAIN = 'Try Again';
const LOG = 'Show the Log';
/** What fails, of a message to a server that is gone: its answer, its writing, the pipe itself. */
const GONE = new Set<unknown>([
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.MessageWriteError,
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
]);

export class App {
  readonly session: Session;
  private readonly environment: Environment;
  private readonly pauses: Pauses;
  private readonly reasons: Reasons;
  /** Starts and installations follow one another. */
  private queue: Promise<void> = Promise.resolve();
  private wanted = false;

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {
    const storage = context.globalStorageUri.fsPath;
    this.environment = new Environment(storage, log);
    this.session = new Session(log, storage, suggestions(() => this.reasons.clear()));
    this.pauses = new Pauses(this.session);
    this.reasons = new Reasons(this.session);
    const status = new StatusBar(this.session.status);
    this.session.onStatus((now) => {
      status.showStatus(now);
      void commands.executeCommand('setContext', `${SECTION}.ready`, now.state === 'ready');
    });
    this.session.onLoss((reason) => this.explainFailure(reason));
    this.reasons.onReason((reason) => status.showReason(reason));
    context.subscriptions.push(this.session, this.reasons, status, ...this.commands(), ...this.watch());
  }

  /** Start the server once there is a document for it. */
  startWhenNeeded(): void {
    markEditor();
    if (workspace.textDocuments.some(isWriting)) {
      this.startOnce();
    }
  }

  private startOnce(): void {
    if (!this.wanted) {
      void this.restart();
    }
  }

  restart(): Promise<void> {
    return this.inTurn(() => this.start());
  }

  /** Have a server in the end. The action must not reject: nothing would be done after it. */
  private inTurn(action: () => Promise<void>): Promise<void> {
    this.wanted = true;
    this.queue = this.queue.then(action);
    return this.queue;
  }

  async stop(): Promise<void> {
    await this.session.stop();
  }

  private async start(): Promise<void> {
    try {
      await this.session.stop();
      const command = await findCommand(this.environment);
      if (command === undefined) {
        this.session.lack();
        void this.offerInstallation();
      } else {
        await this.session.start(command);
      }
    } catch (error) {
      const reason = reasonOf(error, 'it ended while it was starting. The log says why.');
      void this.explainFailure(/ENOENT/.test(reason) ? `there is no program ${this.session.program}.` : reason);
    }
  }

  private async offerInstallation(asked = false): Promise<void> {
    if (!asked && this.context.globalState.get(DECLINED)) {
      return;
    }
    const question =
      'CharRNN suggests nothing yet: its server, charrnn-lsp, is not on your PATH. ' +
      'Shall the extension install it into a Python environment of its own (about 200 MB)?';
    const answer = await window.showInformationMessage(question, INSTALL, COMMAND, NOT_NOW);
    if (answer === INSTALL) {
      await this.inTurn(() => this.install());
    } else if (answer === COMMAND) {
      await openSettings('serverCommand');
    } else if (answer === NOT_NOW) {
      await this.context.globalState.update(DECLINED, true);
    }
  }

  /** Make the environment with the server, and start that. */
  private async install(): Promise<void> {
    const shown = { location: ProgressLocation.Notification, title: 'Installing charrnn-lsp', cancellable: true };
    try {
      await this.session.stop();
      await window.withProgress(shown, (_, token) => this.environment.make(token));
    } catch (error) {
      void this.explainFailure(reasonOf(error));
      return;
    }
    await this.start();
  }

  private async explainFailure(reason: string): Promise<void> {
    this.session.fail(reason);
    const answer = await window.showErrorMessage(`CharRNN has no server: ${reason}`, AGAIN, LOG, COMMAND);
    if (answer === AGAIN) {
      await this.restart();
    } else if (answer === LOG) {
      this.log.show();
    } else if (answer === COMMAND) {
      await openSettings('serverCommand');
    }
  }

  private watch(): Disposable[] {
    const again = () => (this.wanted ? this.restart() : this.startWhenNeeded());
    return [
      workspace.onDidOpenTextDocument(() => this.startWhenNeeded()),
      workspace.onDidChangeTextDocument(({ document }) => isServed(document) && this.startOnce()),
      window.onDidChangeActiveTextEditor(markEditor),
      onSetting('languages', again),
      onSetting('serverCommand', again),
      workspace.onDidChangeConfiguration(() => this.session.needsRestart() && again()),
    ];
  }

  private commands(): Disposable[] {
    const { session, pauses, environment } = this;
    const here = () => window.activeTextEditor?.document;
    const actions: Record<string, (...args: never[]) => unknown> = {
      menu: async () => showMenu(session, pauses, await this.reasons.here()),
      takeWord,
      suggest: () => commands.executeCommand('editor.action.inlineSuggest.trigger'),
      explainHere: () => this.explainHere(),
      pauseHere: () => pauses.pause(here()),
      pauseEverywhere: () => pauses.pause(),
      continue: () => pauses.resume(here()),
      addLanguage: () => change('languages', [...(list('languages') ?? []), here()?.languageId]),
      chooseModel: () => chooseModel(session),
      chooseTemperature,
      chooseLength,
      trainOnWriting: () => train(session, environment),
      trainOnFolder: (folder: Uri, selected?: Uri[]) => train(session, environment, selected ?? [folder]),
      forgetMemory: async () => {
        await session.execute('charrnn.forget');
        void window.showInformationMessage('CharRNN has forgotten what it had learned from your open documents.');
      },
      install: () => this.offerInstallation(true),
      restartServer: () => this.restart(),
      openSettings: () => openSettings(),
      showLog: () => this.log.show(),
    };
    return Object.entries(actions).map(([name, action]) => commands.registerCommand(`${SECTION}.${name}`, told(action)));
  }

  private async explainHere(): Promise<void> {
    const reason = await this.reasons.here();
    const { status } = this.session;
    void window.showInformationMessage(`CharRNN: ${status.state === 'ready' && reason ? reason.message : status.message}`);
  }
}

/** The words of an error; where a server is gone that was written to or asked, those given. */
function reasonOf(error: unknown, ended = 'The server has ended.'): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error instanceof ConnectionError || GONE.has((error as { code?: unknown }).code) ? ended : error.message;
}

/** An action whose failure is told. */
function told(action: (...args: never[]) => unknown) {
  return async (...args: never[]) => {
    try {
      await action(...args);
    } catch (error) {
      void window.showErrorMessage(`CharRNN: ${reasonOf(error)}`);
    }
  };
}

/** Tell VS Code whether the editor's text is served, for keys and menus. */
function markEditor(): void {
  void commands.executeCommand('setContext', `${SECTION}.serves`, isServed(window.activeTextEditor?.document));
}

async function openSettings(key = ''): Promise<void> {
  await commands.executeCommand('workbench.action.openSettings', key ? `${SECTION}.${key}` : '@ext:charrnn.charrnn-lsp');
}
