/** Runs an installation of the extension's without VS Code: `make` or `addTraining`, in a folder. Says what came of it. */
import { Environment } from '../../editor-clients/vscode/src/environment';

const [folder = '', action = ''] = process.argv.slice(2);
const log = { info: () => undefined };
const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
const environment = new Environment(folder, log as never);
let error = '';
try {
  await (action === 'make' ? environment.make(token) : environment.addTraining(token));
} catch (caught) {
  error = (caught as Error).message;
}
console.log(JSON.stringify({ server: environment.server() ?? null, error }));
