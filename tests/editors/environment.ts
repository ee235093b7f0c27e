/** Runs parts of the extension without VS Code, in a folder, and says what came of it. */
import { findCommand } from '../../editor-clients/vscode/src/command';
import { languages } from '../../editor-clients/vscode/src/documents';
import { Environment } from '../../editor-clients/vscode/src/environment';

const [folder = '', action = ''] = process.argv.slice(2);
const log = { info: () => undefined };
const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
const environment = new Environment(folder, log as never);
const actions: Record<string, () => Promise<unknown>> = {
  make: () => environment.make(token),
  addTraining: () => environment.addTraining(token),
  findCommand: () => findCommand(environment),
  languages: async () => languages(),
};
let error = '';
const result = await actions[action]?.().catch((caught) => {
  error = (caught as Error).message;
});
console.log(JSON.stringify({ server: environment.server() ?? null, error, ...(result ? { result } : {}) }));
