import { mount } from 'svelte';
import '@fontsource-variable/inter/wght.css';
import './styles/figure-fonts.css';
import './styles/tokens.css';
import './styles/shell.css';
import App from './App.svelte';
import { connect } from './connect.ts';

const target = document.getElementById('app') as HTMLElement;
void connect().then((host) => mount(App, { target, props: host }));
