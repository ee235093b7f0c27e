/** Choosing a model, by what its card says of it. */
import { window } from 'vscode';
import type { Session } from './session';
import { change, setting } from './settings';

const MANY = new Intl.NumberFormat('en', { notation: 'compact', compactDisplay: 'long' });

interface Model {
  name: string;
  path: string;
  selected: boolean;
  description?: string | null;
  bitsPerCharacter?: number | null;
  trained?: number | null;
  error?: string;
}

export async function chooseModel(session: Session): Promise<void> {
  const models = await session.execute<Model[]>('charrnn.models');
  const items = models.map((model) => ({
    label: model.name,
    description: said(model.selected && 'in use', bits(model)),
    detail: said(model.description, model.trained && `${MANY.format(model.trained)} characters read`) || (model.error ?? ''),
    name: model.name,
  }));
  const chosen = await window.showQuickPick(items, {
    title: 'The model that suggests',
    placeHolder: 'Fewer bits per character: less surprised by text it had not seen',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (chosen) {
    await useModel(session, chosen.name);
  }
}

/** Suggest with this model from now on. */
export async function useModel(session: Session, name: string): Promise<void> {
  if (setting<string>('model') === name) {
    await session.execute('charrnn.selectModel', [name]); // over one that was chosen by command
  } else {
    await change('model', name);
  }
}

function bits({ bitsPerCharacter }: Model): string {
  return bitsPerCharacter ? `${bitsPerCharacter.toFixed(2)} bits per character` : '';
}

function said(...parts: unknown[]): string {
  return parts.filter(Boolean).join(' · ');
}
