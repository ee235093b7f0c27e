/** A Python environment of the extension's own, made where the writer agrees, with uv or with Python's venv. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { CancellationToken, LogOutputChannel } from 'vscode';
import { onPath } from './command';
import { setting } from './settings';

const WINDOWS = process.platform === 'win32';
const PYTHONS = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
const IS_RECENT = 'import sys; sys.exit(sys.version_info < (3, 11))';

export class Environment {
  private readonly home: string;
  /** Written last: without it, an installation was interrupted. */
  private readonly seal: string;

  constructor(
    private readonly storage: string,
    private readonly log: LogOutputChannel,
  ) {
    this.home = path.join(storage, 'environment');
    this.seal = path.join(this.home, 'complete');
  }

  /** The server in it, if there is one. */
  server(): string | undefined {
    const server = this.program('charrnn-lsp');
    return existsSync(this.seal) && existsSync(server) ? server : undefined;
  }

  /** Make it anew, with the server. What it was before is gone even if this fails. */
  async make(token: CancellationToken): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
    await mkdir(this.storage, { recursive: true });
    try {
      const uv = await onPath('uv');
      if (uv !== undefined) {
        await this.run(uv, ['venv', '--python', '>=3.11', this.home], token);
      } else {
        await this.run(await this.python(token), ['-m', 'venv', this.home], token);
      }
      await this.install(setting<string>('installFrom'), token);
      await writeFile(this.seal, '');
    } catch (error) {
      await rm(this.home, { recursive: true, force: true });
      throw error;
    }
  }

  /** Add what training needs to the server that is there. */
  async addTraining(token: CancellationToken): Promise<void> {
    await this.install(withTraining(setting<string>('installFrom')), token);
  }

  private async install(source: string, token: CancellationToken): Promise<void> {
    const uv = await onPath('uv');
    const python = this.program('python');
    const [program, args] =
      uv === undefined ? [python, ['-m', 'pip', 'install', source]] : [uv, ['pip', 'install', '--python', python, source]];
    await this.run(program, args, token);
  }

  private async python(token: CancellationToken): Promise<string> {
    for (const name of PYTHONS) {
      const program = await onPath(name);
      const recent = program !== undefined && this.run(program, ['-c', IS_RECENT], token);
      if (recent && (await recent.then(() => true, () => false))) {
        return program;
      }
    }
    throw new Error('Neither uv nor Python 3.11 or newer was found on PATH. Install one of them and try again.');
  }

  private program(name: string): string {
    return WINDOWS ? path.join(this.home, 'Scripts', `${name}.exe`) : path.join(this.home, 'bin', name);
  }

  /** Run a program to its end, its output in the log. Rejects with the line of it that tells what was wrong. */
  private run(program: string, args: string[], token: CancellationToken): Promise<void> {
    this.log.info([program, ...args].join(' '));
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd: this.storage, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
      const cancelling = token.onCancellationRequested(() => child.kill());
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          output += data.toString();
          this.log.info(data.toString().trimEnd());
        });
      }
      child.on('error', reject);
      child.on('close', (status) => {
        cancelling.dispose();
        if (token.isCancellationRequested) {
          reject(new Error('The installation was cancelled.'));
        } else if (status === 0) {
          resolve();
        } else {
          reject(new Error(`${path.basename(program)} failed: ${complaint(output) || `status ${status}`}`));
        }
      });
    });
  }
}

/** The last line that calls itself an error, as hints may follow it; else the last line. */
function complaint(output: string): string {
  const lines = output.trim().split(/\s*\n\s*/);
  return lines.findLast((line) => /^error\b/i.test(line)) ?? lines.at(-1) ?? '';
}

/** What to install, with the extra: of a package, perhaps with extras and a version, of an address or of a path. */
function withTraining(source: string): string {
  const [, name, extras, rest = ''] = /^([\w.-]+)\s*(?:\[(.*?)\])?\s*([=<>~!;@].*)?$/.exec(source) ?? [];
  if (name !== undefined) {
    return `${name}[${extras ? `${extras},` : ''}train]${rest}`;
  }
  return source.includes('://') ? `charrnn-lsp[train] @ ${source}` : `${source}[train]`;
}
