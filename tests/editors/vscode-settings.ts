/** What those parts of the extension that are tested without an editor need of VS Code: settings, here from the environment. */
const settings = JSON.parse(process.env['SETTINGS'] ?? '{}');
export const workspace = {
  getConfiguration: () => ({
    get: (key: string) => settings[key],
    inspect: () => ({ defaultValue: ['markdown'] }),
  }),
};
export const ConfigurationTarget = { Global: 1, Workspace: 2 };
