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
}

export async function chooseModel(session: Session): Promise<void> {
  const models = await session.execute<Model[]>('charrnn.models');
  const items = models.map((model) => ({
    label: model.name,
    description: model.selected ? 'in use' : '',
    detail: figures(model),
    name: model.name,
  }));
  const chosen = await window.showQuickPick(items, {
    title: 'The model that suggests',
    placeHolder: 'Fewer bits per character: it was less surprised by text that it had not seen',
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

function figures({ description, bitsPerCharacter, trained }: Model): string {
  const parts = [
    description,
    bitsPerCharacter && `${bitsPerCharacter.toFixed(2)} bits per character`,
    trained && `${MANY.format(trained)} characters read`,
  ];
  return parts.filter(Boolean).join(' · ');
}
