/** What the server suggests, on its way to the editor and into the text. */
import { commands, InlineCompletionTriggerKind, type Position, Range, type TextDocument, window } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import type { Reason } from './status';

export type SuggestionMiddleware = NonNullable<Middleware['provideInlineCompletionItems']>;

const TAKE_WORD = 'editor.action.inlineSuggest.acceptNextWord';
const MARKUP = ['markdown', 'asciidoc', 'restructuredtext', 'quarto', 'rmd'];
const LIST_ITEM = /^\s*([-*+]|\d+[.)])(\s|$)/;
const BEFORE_ITEM = /^\s*(([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?)?$/;

/** Suggestions of the server. Where Tab is wanted for something else, none comes by itself; `asked`: one came by hand. */
export function suggestions(asked: () => void): SuggestionMiddleware {
  return async (document, position, context, token, next) => {
    const automatic = context.triggerKind === InlineCompletionTriggerKind.Automatic;
    if (automatic && silenceAt(document, position)) {
      return [];
    }
    const found = await next(document, position, context, token);
    if (!automatic && found && (Array.isArray(found) ? found : found.items).length) {
      asked();
    }
    return found;
  };
}

/** Why the extension wants nothing shown at a place, whatever the server would say. */
export function silenceAt(document: TextDocument, position: Position): Reason | undefined {
  const line = document.lineAt(position.line).text;
  const before = line.slice(0, position.character);
  return MARKUP.includes(document.languageId) && LIST_ITEM.test(line) && BEFORE_ITEM.test(before)
    ? { reason: 'listItem', message: 'The cursor is before the text of a list item, where Tab indents.' }
    : undefined;
}

/** Take the next word of what is shown; the editor's own command stops after the space before it as well. */
export async function takeWord(): Promise<void> {
  const editor = window.activeTextEditor;
  const start = editor?.selection.active;
  await commands.executeCommand(TAKE_WORD);
  if (editor && start && /^\s+$/.test(editor.document.getText(new Range(start, editor.selection.active)))) {
    await commands.executeCommand(TAKE_WORD);
  }
}
