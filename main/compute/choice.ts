// `auto` where no process can open every device to see: under Electron cuda and cpu are a Node process's, webgpu is a page's. What there is
// is asked for once; then each device that may be taken is tried by its name, from the fastest on, in a process of its own, by the rule of
// `openDevice`: what cannot be opened, fails its self-test or breaks its process down is passed over, and the cpu has nobody after it.
import { firstLine } from '../contract/errors.ts';
import type { DeviceReport } from '../contract/results.ts';
import type { Child, Launch, Wanted } from './child.ts';
import type { Down, Up } from './protocol.ts';
import { createCompute } from './supervisor.ts';

/** From the fastest on; the cpu comes last. */
const faster = ['cuda', 'webgpu'] as const;

interface Choice {
  device: DeviceReport['name'];
  /** the faster ones, and why not they */
  passedOver: DeviceReport[];
}
/** What is known of the devices as long as the app runs. */
interface Knowledge {
  choose(): Promise<Choice>;
  /** a device that seemed usable is not */
  failed(device: DeviceReport['name'], reason: string): void;
  /** ends the question that is under way, where nobody else waits for it */
  leave(): Promise<void>;
}

function learn(launch: Launch): Knowledge {
  const compute = createCompute({ launch, log: () => undefined });
  const failures = new Map<string, string>();
  let listed: Promise<DeviceReport[]> | null = null;
  let waiting = 0;
  const list = (): Promise<DeviceReport[]> => {
    if (listed) return listed;
    const asked = compute.start('devices', null).result;
    listed = asked;
    asked.catch(() => (listed = null)); // the next one asks again
    return asked;
  };
  /** null: it may be taken */
  const against = (name: string, report: DeviceReport | undefined): string | null =>
    failures.get(name) ?? (report?.usable && !report.onlyByName ? null : (report?.reason ?? 'nobody knows of it'));
  return {
    async choose() {
      waiting++;
      let found: DeviceReport[];
      try {
        found = await list();
      } catch (error) {
        const reason = `the devices could not be listed: ${firstLine(error)}`;
        found = faster.map((name) => ({ name, usable: false, reason }));
      } finally {
        waiting--;
      }
      const passedOver: DeviceReport[] = [];
      for (const name of faster) {
        const reason = against(name, found.find((report) => report.name === name)); // prettier-ignore
        if (reason === null) return { device: name, passedOver };
        passedOver.push({ name, usable: false, reason });
      }
      return { device: 'cpu', passedOver };
    },
    failed: (device, reason) => void failures.set(device, reason),
    leave: async () => (waiting > 1 ? undefined : compute.close()),
  };
}

/** Processes of `launch`, each on a device that is named to it; for `auto` it is chosen here. */
export function withChoice(launch: Launch): Launch {
  const known = learn(launch);
  return (wanted) => (wanted.device === 'auto' ? choosing(launch, known, wanted) : launch(wanted));
}

/** One process after the other, until one has its device open: to its supervisor they are one. */
function choosing(launch: Launch, known: Knowledge, { job }: Wanted): Child {
  const messages: ((message: Up) => void)[] = [];
  const outputs: ((text: string) => void)[] = [];
  const exits: Parameters<Child['onExit']>[0][] = [];
  let now: { child: Child; device: DeviceReport['name'] } | null = null;
  let paused = false;
  /** its supervisor is done with it: what ends now is not tried again */
  let done = false;

  const end: (typeof exits)[0] = (how) => exits.forEach((listener) => listener(how));
  const next = async (): Promise<void> => {
    const choice = await known.choose();
    if (!done) run(choice);
  };
  const run = ({ device, passedOver }: Choice) => {
    const child = launch({ job, device });
    now = { child, device };
    let decided = device === 'cpu'; // whatever becomes of it is the job's own
    let refused: string | null = null;
    let force: NodeJS.Timeout | undefined;
    let words = '';
    child.onOutput((text) => {
      words = text.trim() || words;
      for (const listener of outputs) listener(text);
    });
    child.onMessage((message) => {
      if (refused !== null) return;
      if (message.kind === 'opened') decided = true;
      if (message.kind === 'failed' && !decided && !done) {
        refused = message.unusable ?? message.message.split('\n')[0];
        child.send({ kind: 'leave' });
        force = setTimeout(() => child.kill(), 2_000);
      } else for (const listener of messages) listener(withReasons(message, passedOver));
    });
    child.onExit((how) => {
      clearTimeout(force);
      if (!decided && !done) {
        now = null;
        known.failed(device, refused ?? (words.split('\n').at(-1) || `its process ended with ${how.signal ?? `exit code ${how.code}`}`));
        void next();
      } else end(how);
    });
    if (paused) child.send({ kind: 'pause' });
  };
  /** Before there is a process, its end is that of the question. */
  const giveUp = () => {
    if (done) return;
    done = true;
    void known.leave().then(() => end({ code: 0, signal: null }));
  };
  void next();
  return {
    get pid() {
      return now?.child.pid;
    },
    send(message) {
      if (message.kind === 'pause' || message.kind === 'resume') paused = message.kind === 'pause';
      if (message.kind === 'cancel' || message.kind === 'leave') {
        if (!now) return giveUp();
        done = true;
      }
      now?.child.send(message.kind === 'start' ? named(message, now.device) : message);
    },
    onMessage: (listener) => void messages.push(listener),
    onOutput: (listener) => void outputs.push(listener),
    onExit: (listener) => void exits.push(listener),
    kill() {
      if (!now) return giveUp();
      done = true;
      now.child.kill();
    },
  };
}

const named = (message: Extract<Down, { kind: 'start' }>, device: string): Down =>
  ({ ...message, input: { ...message.input, device } }) as Down;

/** A training tells with its beginning why it is not on a faster device. */
function withReasons(message: Up, passedOver: DeviceReport[]): Up {
  if (message.kind !== 'report') return message;
  const report = message.report as { kind?: string };
  return report.kind === 'begin' ? { ...message, report: { ...report, passedOver } } : message;
}
