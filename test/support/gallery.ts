// The page on a host in memory: `gallery.html?runs=full|empty|many|huge&live=MS&paper=partly|full&failing=CALL&silent=CALL&readonly#/…`.
// For developing and for photographs.
import { mount } from 'svelte';
import '@fontsource-variable/inter/wght.css';
import '../../renderer/styles/figure-fonts.css';
import '../../renderer/styles/tokens.css';
import '../../renderer/styles/shell.css';
import type { Settings } from '../../main/contract/settings.ts';
import App from '../../renderer/App.svelte';
import { FakeClient } from './fake-client.ts';
import { hugeSpecs } from './fake-huge.ts';
import { modelSpecs } from './fake-compare.ts';

const query = new URLSearchParams(location.search);
const wanted = query.get('runs') ?? 'full';
const more = { empty: null, full: 16, many: 5000, huge: null }[wanted] ?? null;
// As a host would, it keeps what is chosen over a reload.
const kept = sessionStorage.getItem('settings');
const settings = kept ? (JSON.parse(kept) as Settings) : {};
const paper = (['partly', 'full'] as const).find((p) => p === query.get('paper')) ?? 'none';
const silent = query.getAll('silent');
const failing = query.getAll('failing');
const client = new FakeClient({
  more,
  epochMs: Number(query.get('live') ?? 0),
  settings,
  readOnly: query.has('readonly'),
  paper,
  failing,
  silent,
});
if (wanted === 'huge') for (const spec of hugeSpecs(10_000)) client.add(spec);
client.on('settings.changed', (changed) => sessionStorage.setItem('settings', JSON.stringify(changed)));
if (query.has('models')) for (const spec of modelSpecs(Number(query.get('models')))) client.add(spec);
client.slowMs = Number(query.get('slow') ?? 0);
if (query.has('theme')) localStorage.setItem('kernelscope.theme', query.get('theme') as string);
mount(App, { target: document.getElementById('app') as HTMLElement, props: { client } });
if (query.has('lost')) setTimeout(() => client.setLink(false), 100);
Object.assign(window, { fakeHost: client });
