/** The server's process and the connection to it: started, kept alive, restarted with patience, stopped. */
import { randomUUID } from 'node:crypto';
import {
  EventEmitter,
  type LogOutputChannel,
  type Disposable,
  ProgressLocation,
  window,
} from 'vscode';
import {
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import type { Command } from './command';
import { selector } from './documents';
import type { SuggestionMiddleware } from './suggestions';
import { isPath, SECTION, serverSettings, trustedSettings, userModel } from './settings';

/** Seconds before each restart after a crash. A server that crashes more often within the period is left alone. */
const DELAYS = [0, 1, 3, 10, 30];
const PERIOD = 180;

export interface Status {
  state: 'starting' | 'loading' | 'ready' | 'paused' | 'off' | 'error' | 'stopped';
  message: string;
  model: string;
}

export const STARTING: Status = { state: 'starting', message: 'The server is starting.', model: '' };

/** One that leaves it to the session to tell the writer: its own dialogs would come on top of that. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

export class Session implements Disposable {
  private client: LanguageClient | undefined;
  private command: Command | undefined;
  private crashes: number[] = [];
  private model = '';
  private readonly changes = new EventEmitter<Status>();
  private readonly starts = new EventEmitter<void>();
  private readonly losses = new EventEmitter<string>();

  /** How things stand; again at each change. */
  readonly onStatus = this.changes.event;
  /** The server runs, and knows nothing of what an earlier one was told. */
  readonly onStart = this.starts.event;
  /** The server is gone and will not be restarted, with the reason. */
  readonly onLoss = this.losses.event;
  status = STARTING;

  constructor(
    private readonly log: LogOutputChannel,
    private readonly storage: string,
    private readonly suggestions: SuggestionMiddleware,
  ) {}

  get isRunning(): boolean {
    return this.client?.isRunning() ?? false;
  }

  /** The program that was started last. */
  get program(): string | undefined {
    return this.command?.command;
  }

  /** Start it, where none runs. Rejects with the reason where it does not answer. */
  async start(command: Command): Promise<void> {
    this.tell(STARTING);
    this.log.info(`Starting ${[command.command, ...command.args].join(' ')}`);
    this.model = userModel();
    const client = this.makeClient(command);
    this.client = client;
    this.command = command;
    // One that is being stopped has no say any more.
    client.onNotification('charrnn/status', (status: Status) => {
      if (client === this.client) {
        this.tell(status);
      }
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        this.starts.fire();
      } else if (newState === State.StartFailed && this.crashes.length && client === this.client) {
        this.losses.fire('it had ended, and could not be started again.'); // of the first start, `start` tells
      }
    });
    await client.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.crashes = [];
    // One that is not running, or does not answer, is no reason to keep the writer waiting.
    await client?.dispose(2000).catch(() => undefined);
  }

  /** Run a command of the server. Rejects with its error, or if there is no server. */
  async execute<T>(command: string, args: unknown[] = []): Promise<T> {
    return this.running().sendRequest(ExecuteCommandRequest.type, { command, arguments: args }) as Promise<T>;
  }

  /** Run a command that takes its time: the writer sees how far it is, and can cancel it. */
  async executeSlowly<T>(command: string, args: unknown[], title: string): Promise<T> {
    const shown = { location: ProgressLocation.Notification, cancellable: true, title };
    return window.withProgress(shown, async (progress, cancellation) => {
      const client = this.running();
      const token = randomUUID();
      let percentage = 0;
      const listening = client.onProgress(WorkDoneProgress.type, token, (value) => {
        if (value.kind !== 'end') {
          const now = value.percentage ?? percentage;
          progress.report({ increment: now - percentage, ...(value.message && { message: value.message }) });
          percentage = now;
        }
      });
      const request = { command, arguments: args, workDoneToken: token };
      return client
        .sendRequest(ExecuteCommandRequest.type, request, cancellation)
        .finally(() => listening.dispose()) as Promise<T>;
    });
  }

  /** Whether the user has meanwhile chosen a model by its path, of which the server hears in its start alone. */
  needsRestart(): boolean {
    return userModel() !== this.model && isPath(userModel());
  }

  /** It cannot be started, or is given up. */
  fail(reason: string): void {
    this.tell({ state: 'stopped', message: reason, model: '' });
  }

  /** There is none to start. */
  lack(): void {
    this.fail('The server charrnn-lsp is not installed.');
  }

  dispose(): void {
    void this.stop();
  }

  private running(): LanguageClient {
    if (!this.client?.isRunning()) {
      throw new Error('The server is not running.');
    }
    return this.client;
  }

  private makeClient({ command, args }: Command): LanguageClient {
    // Not in the workspace's folder, where Python would find modules that look like the server's.
    const run = { command, args, options: { cwd: this.storage } };
    const client: QuietClient = new QuietClient(SECTION, 'CharRNN', run, {
      documentSelector: selector(),
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: trustedSettings,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => this.closed(),
      },
      middleware: {
        provideInlineCompletionItems: this.suggestions,
        workspace: {
          // With their values: a server that first had to ask for them would answer what comes meanwhile by the old ones.
          didChangeConfiguration: () =>
            client.sendNotification(DidChangeConfigurationNotification.type, {
              settings: { [SECTION]: serverSettings() },
            }),
          configuration: (params) => params.items.map(({ section }) => (section === SECTION ? serverSettings() : null)),
        },
      },
    });
    return client;
  }

  private async closed() {
    if (this.client?.state === State.Starting || this.client?.state === State.StartFailed) {
      return { action: CloseAction.DoNotRestart, handled: true, message: 'The server ended while it was starting.' };
    }
    const now = Date.now() / 1000;
    this.crashes = [...this.crashes.filter((crash) => crash > now - PERIOD), now];
    const delay = DELAYS[this.crashes.length - 1];
    if (delay === undefined) {
      const message = `The server has ended ${this.crashes.length} times within ${PERIOD / 60} minutes.`;
      this.losses.fire(message);
      return { action: CloseAction.DoNotRestart, handled: true, message };
    }
    this.tell({ ...STARTING, message: 'The server has ended and is being restarted.' });
    await new Promise((resolve) => setTimeout(resolve, delay * 1000));
    return { action: CloseAction.Restart, handled: true, message: `The server ended; restarted after ${delay} s.` };
  }

  private tell(status: Status): void {
    this.status = status;
    this.changes.fire(status);
  }
}
