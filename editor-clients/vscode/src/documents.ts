/** Which documents the server is asked about. */
import { type TextDocument, workspace } from 'vscode';
import type { DocumentSelector } from 'vscode-languageclient/node';
import { list, SECTION } from './settings';

/** The box for the commit message, in the view of source control. */
const COMMIT_BOX = 'vscode-scm';

/** Where text lies that a writer can edit; not what is shown of histories, logs and the like. */
const SCHEMES = ['file', 'untitled', 'vscode-vfs', COMMIT_BOX];

/** The languages of the setting; those of its default where it is no list, which the server tells of. */
export function languages(): string[] {
  const standard = () => workspace.getConfiguration(SECTION).inspect<string[]>('languages')?.defaultValue ?? [];
  return (list('languages') ?? standard()).map((language) => language.toLowerCase());
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

/** Whether the server is to be started for a document that is open; the box is there wherever there is a repository. */
export function isWriting(document: TextDocument): boolean {
  return isServed(document) && document.uri.scheme !== COMMIT_BOX;
}
