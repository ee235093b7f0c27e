/** What the installation needs of VS Code: the setting of what is to be installed, here from the environment. */
export const workspace = { getConfiguration: () => ({ get: () => process.env['INSTALL_FROM'] }) };
export const ConfigurationTarget = { Global: 1, Workspace: 2 };
