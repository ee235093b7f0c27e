/** Which documents the server is asked about. */
import { type TextDocument, workspace } from 'vscode';
import type { DocumentSelector } from 'vscode-languageclient/node';
import { setting } from './settings';

/** Where text lies that a writer can edit; not what is shown of histories, logs and the like. */
const SCHEMES = ['file', 'untitled', 'vscode-vfs'];

export function languages(): string[] {
  return setting<string[]>('languages').map((language) => language.toLowerCase());
}

export function selector(): DocumentSelector {
  return languages().flatMap((language) => SCHEMES.map((scheme) => ({ language, scheme })));
}

export function isServed(document: TextDocument | undefined): boolean {
  return (
    document !== undefined &&
    SCHEMES.includes(document.uri.scheme) &&
    languages().includes(document.languageId.toLowerCase())
  );
}

/** Call back when the languages have changed. */
export function onLanguages(changed: () => void) {
  let before = languages().join();
  return workspace.onDidChangeConfiguration(() => {
    const now = languages().join();
    if (now !== before) {
      before = now;
      changed();
    }
  });
}
