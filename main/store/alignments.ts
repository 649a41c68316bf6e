// Alignments of layers and of the tangent kernel at a snapshot, on each probe set.
import type Sqlite from 'better-sqlite3';
import type { LayerAlignment, NtkAlignment, NtkPart, Split } from '../contract/results.ts';

interface NtkRow extends Omit<NtkAlignment, 'kta' | 'parts'> {
  epoch: number;
  split: Split;
  ktaNtkTarget: number;
  ktaNtkNetwork: number;
  ktaNetworkTarget: number;
  ktaPenultimateTarget: number;
  ktaGradientTarget: number;
}

const ntkColumns = `ntkTarget, ntkNetwork, networkTarget, penultimateTarget, gradientTarget, penultimateShare, gradientShare, nullTarget,
  ktaNtkTarget, ktaNtkNetwork, ktaNetworkTarget, ktaPenultimateTarget, ktaGradientTarget`;

export function alignmentsTable(db: Sqlite.Database) {
  const putLayer = db.prepare(`
    INSERT INTO layer_alignments (run, epoch, split, position, layer, features, ckaTarget, ckaInput, ktaTarget, ktaInput, debiasedTarget,
      debiasedInput, nullTarget)
    VALUES (@run, @epoch, @split, @position, @layer, @features, @ckaTarget, @ckaInput, @ktaTarget, @ktaInput, @debiasedTarget,
      @debiasedInput, @nullTarget)`);
  const layers = db.prepare<[string, number, Split], LayerAlignment>(`
    SELECT layer, features, ckaTarget, ckaInput, ktaTarget, ktaInput, debiasedTarget, debiasedInput, nullTarget
    FROM layer_alignments WHERE run = ? AND epoch = ? AND split = ? ORDER BY position`);
  const layersAll = db.prepare<[string], LayerAlignment & { epoch: number; split: Split }>(`
    SELECT epoch, split, layer, features, ckaTarget, ckaInput, ktaTarget, ktaInput, debiasedTarget, debiasedInput, nullTarget
    FROM layer_alignments WHERE run = ? ORDER BY epoch, split DESC, position`);
  const putNtk = db.prepare(`
    INSERT INTO ntk_alignments (run, epoch, split, ${ntkColumns})
    VALUES (@run, @epoch, @split, ${ntkColumns.replace(/\w+/g, '@$&')})`);
  const ntkOf = db.prepare<[string, number, Split], NtkRow>(
    `SELECT epoch, split, ${ntkColumns} FROM ntk_alignments WHERE run = ? AND epoch = ? AND split = ?`,
  );
  const ntkAll = db.prepare<[string], NtkRow>(
    `SELECT epoch, split, ${ntkColumns} FROM ntk_alignments WHERE run = ? ORDER BY epoch, split DESC`,
  );
  const putPart = db.prepare(`
    INSERT INTO ntk_parts (run, epoch, split, position, layer, ckaTarget, share)
    VALUES (@run, @epoch, @split, @position, @layer, @ckaTarget, @share)`);
  const parts = db.prepare<[string, number, Split], NtkPart>(
    'SELECT layer, ckaTarget, share FROM ntk_parts WHERE run = ? AND epoch = ? AND split = ? ORDER BY position',
  );

  const withParts = (run: string, row: NtkRow): NtkAlignment => {
    const { epoch, split, ktaNtkTarget, ktaNtkNetwork, ktaNetworkTarget, ktaPenultimateTarget, ktaGradientTarget, ...ntk } = row;
    const kta = {
      ntkTarget: ktaNtkTarget,
      ntkNetwork: ktaNtkNetwork,
      networkTarget: ktaNetworkTarget,
      penultimateTarget: ktaPenultimateTarget,
      gradientTarget: ktaGradientTarget,
    };
    return { ...ntk, kta, parts: parts.all(run, epoch, split) };
  };

  return {
    putLayers(run: string, epoch: number, split: Split, alignments: readonly LayerAlignment[]): void {
      alignments.forEach((a, position) => putLayer.run({ run, epoch, split, position, ...a }));
    },
    putNtk(run: string, epoch: number, split: Split, { kta, parts: split_, ...ntk }: NtkAlignment): void {
      putNtk.run({
        run,
        epoch,
        split,
        ...ntk,
        ktaNtkTarget: kta.ntkTarget,
        ktaNtkNetwork: kta.ntkNetwork,
        ktaNetworkTarget: kta.networkTarget,
        ktaPenultimateTarget: kta.penultimateTarget,
        ktaGradientTarget: kta.gradientTarget,
      });
      split_.forEach((part, position) => putPart.run({ run, epoch, split, position, ...part }));
    },
    /** In the order of the layers; empty where alignments were not asked for. */
    layers: (run: string, epoch: number, split: Split): LayerAlignment[] => layers.all(run, epoch, split),
    /** Over a whole run, by epoch, train before test. */
    layerPoints(run: string): { epoch: number; split: Split; layers: LayerAlignment[] }[] {
      const points: { epoch: number; split: Split; layers: LayerAlignment[] }[] = [];
      for (const { epoch, split, ...layer } of layersAll.all(run)) {
        const last = points.at(-1);
        if (last?.epoch === epoch && last.split === split) last.layers.push(layer);
        else points.push({ epoch, split, layers: [layer] });
      }
      return points;
    },
    ntk(run: string, epoch: number, split: Split): NtkAlignment | null {
      const row = ntkOf.get(run, epoch, split);
      return row ? withParts(run, row) : null;
    },
    /** Over a whole run, by epoch, train before test. */
    ntkPoints: (run: string): { epoch: number; split: Split; ntk: NtkAlignment }[] =>
      ntkAll.all(run).map((row) => ({ epoch: row.epoch, split: row.split, ntk: withParts(run, row) })),
  };
}
export type AlignmentsTable = ReturnType<typeof alignmentsTable>;
