/** What the server suggests, on its way to the editor. */
import { InlineCompletionTriggerKind, type Position, type TextDocument } from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

export type SuggestionMiddleware = NonNullable<Middleware['provideInlineCompletionItems']>;

const MARKUP = ['markdown', 'asciidoc', 'restructuredtext', 'quarto', 'rmd'];
const LIST_ITEM = /^\s*([-*+]|\d+[.)])(\s|$)/;
const BEFORE_ITEM = /^\s*(([-*+]|\d+[.)])\s+(\[[ xX]\]\s+)?)?$/;

/** Nothing by itself where Tab is wanted for something else: before the text of a list item, which it indents. */
export const provideSuggestions: SuggestionMiddleware = (document, position, context, token, next) => {
  const automatic = context.triggerKind === InlineCompletionTriggerKind.Automatic;
  if (automatic && isBeforeItem(document, position)) {
    return [];
  }
  return next(document, position, context, token);
};

function isBeforeItem(document: TextDocument, position: Position): boolean {
  const line = document.lineAt(position.line).text;
  return MARKUP.includes(document.languageId) && LIST_ITEM.test(line) && BEFORE_ITEM.test(line.slice(0, position.character));
}
