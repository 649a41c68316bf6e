// The page on a host in memory: `gallery.html?runs=full|empty|many|huge&live=MS&held&broken&readonly#/…`. For developing and for photographs.
import { mount } from 'svelte';
import '@fontsource-variable/inter/wght.css';
import '../../renderer/styles/tokens.css';
import '../../renderer/styles/shell.css';
import type { Settings } from '../../main/contract/settings.ts';
import App from '../../renderer/App.svelte';
import { FakeClient } from './fake-client.ts';
import { hugeSpecs } from './fake-huge.ts';

const query = new URLSearchParams(location.search);
const wanted = query.get('runs') ?? 'full';
const more = { empty: null, full: 16, many: 5000, huge: null }[wanted] ?? null;
// As a host would, it keeps what is chosen over a reload.
const kept = sessionStorage.getItem('settings');
const settings = kept ? (JSON.parse(kept) as Settings) : {};
const client = new FakeClient({ more, epochMs: Number(query.get('live') ?? 0), settings });
if (wanted === 'huge') for (const spec of hugeSpecs(10_000)) client.add(spec);
client.on('settings.changed', (changed) => sessionStorage.setItem('settings', JSON.stringify(changed)));
// Answers that do not come, or say why not: what the page shows then.
if (query.has('held')) client.answers['library.list'] = () => new Promise(() => undefined);
if (query.has('broken'))
  client.answers['library.list'] = () =>
    Promise.reject(new Error('/home/ada/kernelscope/library.sqlite: damaged at page 12; restore it from the copy beside it'));
if (query.has('readonly')) client.readOnlyReason = 'held by process 4711 (kernelscope run) since 2026-11-20T10:00:00.000Z';
if (query.has('theme')) localStorage.setItem('kernelscope.theme', query.get('theme') as string);
mount(App, { target: document.getElementById('app') as HTMLElement, props: { client } });
if (query.has('lost')) setTimeout(() => client.setLink(false), 100);
Object.assign(window, { fakeHost: client });
