/** The command that starts the server: of the setting, else found on PATH, else in the extension's own environment. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as path from 'node:path';
import type { Environment } from './environment';
import { list, setting } from './settings';

const NAME = 'charrnn-lsp';

export interface Command {
  command: string;
  args: string[];
}

/** The command, or nothing if the server is not installed anywhere. Rejects where the setting is no list. */
export async function findCommand(environment: Environment): Promise<Command | undefined> {
  const words = list('serverCommand');
  if (words === undefined) {
    const found = JSON.stringify(setting('serverCommand'));
    throw new Error(`charrnn.serverCommand is ${found}; it must be a list, as ["/usr/bin/charrnn-lsp"].`);
  }
  const [chosen, ...args] = words;
  if (chosen) {
    const program = chosen.replace(/^~(?=[/\\])/, homedir());
    return { command: path.basename(program) === program ? ((await onPath(program)) ?? program) : program, args: [...args, '--stdio'] };
  }
  const found = (await onPath(NAME)) ?? environment.server();
  return found === undefined ? undefined : { command: found, args: ['--stdio'] };
}

/**
 * The absolute path of a program. Windows would look into the current directory first, and relative entries of PATH lead
 * there as well: that can be a workspace, which has no say in what is started.
 */
export async function onPath(name: string): Promise<string | undefined> {
  const ending = process.platform === 'win32' ? '.exe' : '';
  for (const directory of (process.env['PATH'] ?? '').split(path.delimiter).filter(path.isAbsolute)) {
    const program = path.join(directory, name + ending);
    if (await isExecutable(program)) {
      return program;
    }
  }
  return undefined;
}

async function isExecutable(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}
