// Loss and accuracy, one row an epoch at which they were measured.
import type Sqlite from 'better-sqlite3';
import type { EpochMetrics } from '../contract/results.ts';

export function metricsTable(db: Sqlite.Database) {
  // A resumed run measures the epochs after its checkpoint again.
  const put = db.prepare(`
    INSERT INTO metrics (run, epoch, trainLoss, testLoss, trainAccuracy, testAccuracy)
    VALUES (@run, @epoch, @trainLoss, @testLoss, @trainAccuracy, @testAccuracy)
    ON CONFLICT (run, epoch) DO UPDATE SET trainLoss = excluded.trainLoss, testLoss = excluded.testLoss,
      trainAccuracy = excluded.trainAccuracy, testAccuracy = excluded.testAccuracy`);
  const all = db.prepare<[string], EpochMetrics>(
    'SELECT epoch, trainLoss, testLoss, trainAccuracy, testAccuracy FROM metrics WHERE run = ? ORDER BY epoch',
  );
  return {
    put: (run: string, metrics: EpochMetrics): void => void put.run({ run, ...metrics }),
    /** Of one run, by epoch. */
    all: (run: string): EpochMetrics[] => all.all(run),
  };
}
export type MetricsTable = ReturnType<typeof metricsTable>;
