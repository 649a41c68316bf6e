// The page on a host in memory: `gallery.html?runs=full|empty|many&live=MS&paper=partly|full&failing=CALL#/…`. For developing and for photographs.
import { mount } from 'svelte';
import '@fontsource-variable/inter/wght.css';
import '../../renderer/styles/figure-fonts.css';
import '../../renderer/styles/tokens.css';
import '../../renderer/styles/shell.css';
import type { Settings } from '../../main/contract/settings.ts';
import App from '../../renderer/App.svelte';
import { FakeClient } from './fake-client.ts';

const query = new URLSearchParams(location.search);
const more = { empty: null, full: 16, many: 5000 }[query.get('runs') ?? 'full'] ?? null;
// As a host would, it keeps what is chosen over a reload.
const kept = sessionStorage.getItem('settings');
const settings = kept ? (JSON.parse(kept) as Settings) : {};
const paper = (['partly', 'full'] as const).find((p) => p === query.get('paper')) ?? 'none';
const failing = query.getAll('failing');
const client = new FakeClient({ more, epochMs: Number(query.get('live') ?? 0), settings, readOnly: query.has('readonly'), paper, failing });
client.on('settings.changed', (changed) => sessionStorage.setItem('settings', JSON.stringify(changed)));
if (query.has('theme')) localStorage.setItem('kernelscope.theme', query.get('theme') as string);
mount(App, { target: document.getElementById('app') as HTMLElement, props: { client } });
if (query.has('lost')) setTimeout(() => client.setLink(false), 100);
Object.assign(window, { fakeHost: client });
