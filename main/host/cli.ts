// The command line's entry. Nothing native is loaded before this file has looked at Node: an old one would only crash.
const least = 10;

if (Number(process.versions.napi) < least) {
  process.stderr.write(
    `Node ${process.versions.node}: expected 22.14 or newer (Node-API ${least}), got Node-API ${process.versions.napi}\n`,
  );
  process.exitCode = 1;
} else {
  const [{ main }, { nodeProgram }] = await Promise.all([import('./cli/main.ts'), import('./cli/node.ts')]);
  await main(process.argv.slice(2), nodeProgram(import.meta.dirname));
}

export {};
