// One call of the command line: from words to an exit status.
import { exitStatus, KernelscopeError } from '../../contract/errors.ts';
import { bootServices, type Access, type Services } from '../boot.ts';
import { version } from '../paths.ts';
import type { Args } from './args.ts';
import { readCall } from './call.ts';
import type { Command, Context, Program } from './command.ts';
import { inWords } from './explain.ts';
import { commandHelp, generalHelp } from './help.ts';
import { createOutput, type Output } from './output.ts';
import { settingsOf } from './settings.ts';
import { onStopSignals } from './stop.ts';

/** Runs the command that `argv` names and ends the process with its exit status. */
export async function main(argv: readonly string[], program: Program): Promise<void> {
  quietWhenReaderLeaves();
  const verbose = argv.includes('--verbose');
  let json = argv.includes('--json');
  let output: Output = createOutput({ json, verbose, out: process.stdout, err: process.stderr });
  let status = 0;
  try {
    const { command, args } = readCall(argv);
    json = args.on('json');
    output = createOutput({ json, verbose, out: process.stdout, err: process.stderr });
    if (args.on('version')) print(output, version, { version });
    else if (!command || args.on('help')) print(output, command ? commandHelp(command) : generalHelp(), null);
    else await perform(command, args, output, program);
  } catch (error) {
    status = report(error, output, verbose);
  }
  await flushed();
  process.exit(status);
}

/** Help and version are for reading, also under --json. */
function print(output: Output, text: string, document: unknown): void {
  if (output.json && document !== null) output.document(document);
  else process.stdout.write(`${text}\n`);
}

async function perform(command: Command, args: Args, output: Output, program: Program): Promise<void> {
  const { paths, launch } = program;
  const settings = settingsOf(args);
  const stop = onStopSignals(output);
  const opened = new Map<Access, Promise<Services>>();
  const boot = (access: Access) =>
    bootServices({ ...settings, access, owner: command.name, paths, launch, host: 'web', log: (line) => output.detail(line) });
  const context: Context = {
    settings,
    output,
    program,
    signal: stop.signal,
    services: (access) => {
      const services = opened.get(access) ?? boot(access);
      opened.set(access, services);
      return services;
    },
  };
  try {
    await command.run(args, context);
  } finally {
    for (const services of opened.values())
      await services.then(
        (s) => s.close(),
        () => undefined, // it never opened; the command has met that error
      );
    stop.done();
  }
}

/** Says what went wrong in one line and answers the exit status. A bug's stack is shown under --verbose alone. */
function report(error: unknown, output: Output, verbose: boolean): number {
  const known = inWords(error);
  const message = known instanceof Error ? known.message : String(known);
  const code = known instanceof KernelscopeError ? known.code : 'internal';
  output.log(code === 'internal' && !verbose ? `Unforeseen: ${message.split('\n')[0]} (--verbose shows where)` : message);
  if (verbose && error instanceof Error) output.log(error.stack ?? '');
  if (!output.hasDocument) output.document({ error: { code, message } });
  return exitStatus(known);
}

/** `kernelscope list | head` ends quietly when head has seen enough. */
function quietWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.stderr.on('error', () => undefined);
}

const flushed = () => new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
