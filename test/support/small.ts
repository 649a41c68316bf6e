// A run of a second or two on the generated task: every kind of result is in it.
export const small: readonly string[] = [
  'data.dataset=digits',
  'data.train=200',
  'data.test=100',
  'model.hidden=[16,12]',
  'model.activation=tanh',
  'training.batchSize=50',
  'training.epochs=3',
  'analysis.snapshots=[0,1,"last"]',
  'analysis.probe={"train":40,"test":30}',
].flatMap((s) => ['--set', s]);
