// Stands in for the process that `bench` times: answers at once that a repetition took 2 s,
// on the device that FAKE_DEVICE names.
process.on('message', (request) => {
  const name = process.env.FAKE_DEVICE;
  if (request.device !== 'auto' && request.device !== name) return process.send({ error: `asked for ${request.device}` });
  const size = request.workload === 'float32-peak' && name !== 'cpu' ? 8192 : request.size;
  process.send({ seconds: Array(request.repeats).fill(2), size, peakBytes: 1e9, name, device: `${name}: Fake 1`, algebra: 'none' });
});
process.once('disconnect', () => process.exit(0));
