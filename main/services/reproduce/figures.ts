// The figures of the paper: what they are called, and what is drawn for them.
import type { DrawnFigure, PaperFigureId, StudyId } from '../../contract/reproduce.ts';
import type { Split } from '../../contract/results.ts';
import type { Model, ThreeModels } from './numbers.ts';

export const about: Record<PaperFigureId, { name: string; shows: string; study: StudyId }> = {
  fig1: { name: 'Fig. 1', shows: 'Alignment of each layer with target and input, by model', study: 'section-5' },
  fig2: { name: 'Fig. 2', shows: 'Alignment by layer, over all models', study: 'section-5' },
  fig3: { name: 'Fig. 3', shows: 'The worst model: spectra and target power', study: 'section-5' },
  fig4: { name: 'Fig. 4', shows: 'The best model: spectra and target power', study: 'section-5' },
  fig5: { name: 'Fig. 5', shows: 'A model well aligned and yet less accurate', study: 'section-5' },
  fig6: { name: 'Fig. 6', shows: 'Accuracy and mean alignment, by model', study: 'section-5' },
  table1: { name: 'Table I', shows: 'What goes together over the models', study: 'section-5' },
  fig7: { name: 'Fig. 7', shows: 'Accuracy and alignment of the tangent kernel', study: 'section-6' },
  fig8: { name: 'Fig. 8', shows: 'Spectrum and target power of the tangent kernel', study: 'section-6' },
};

/** Spectrum above, cumulative power below, one column each. */
const spectral = (figure: PaperFigureId, run: string, columns: readonly { layer: string; split: Split; of: string }[]): DrawnFigure[] =>
  (['spectrum', 'cumulative-power'] as const).flatMap((kind) =>
    columns.map(({ layer, split, of }) => ({
      title: `${about[figure].name}: ${kind === 'spectrum' ? 'spectrum' : 'cumulative power'}, ${of}`,
      sub: '',
      request: { kind, runs: [run], layer, splits: [split] },
    })),
  );

/** three null: there are no spectra */
export function drawnFromModels(models: readonly Model[], three: ThreeModels | null): Partial<Record<PaperFigureId, DrawnFigure[]>> {
  const runs = models.map((m) => m.run);
  if (runs.length === 0) return {};
  const one = (kind: 'alignment-by-model' | 'alignment-by-layer' | 'accuracy-and-mean-cka', title: string): DrawnFigure[] => [
    { title, sub: `${runs.length} ${runs.length === 1 ? 'model' : 'models'}`, request: { kind, runs } },
  ];
  const layersOf = (figure: PaperFigureId, which: keyof ThreeModels): DrawnFigure[] => {
    if (!three) return [];
    const { run, before, last } = three[which];
    return spectral(
      figure,
      run,
      [before.layer, last.layer].map((layer) => ({ layer, split: 'train', of: layer })),
    );
  };
  return {
    fig1: one('alignment-by-model', 'Alignment by model'),
    fig2: one('alignment-by-layer', 'Alignment by layer'),
    fig3: layersOf('fig3', 'worst'),
    fig4: layersOf('fig4', 'best'),
    fig5: layersOf('fig5', 'misled'),
    fig6: one('accuracy-and-mean-cka', 'Accuracy and mean CKA'),
  };
}

export function drawnFromTangents(run: string, spectra: boolean): Partial<Record<PaperFigureId, DrawnFigure[]>> {
  const columns = (['train', 'test'] as const).map((split) => ({ layer: 'ntk', split, of: `NTK, ${split}` }));
  return {
    fig7: [{ title: 'Accuracy and NTK alignment', sub: '', request: { kind: 'ntk-alignment', runs: [run] } }],
    fig8: spectra ? spectral('fig8', run, columns) : [],
  };
}
