// The views, in the order of the menu. `state` (the view's part of the link) and `save(part)` are
// their properties; a view that needs Python is shown by `nonlin lab` only.
import type { Component } from 'svelte';
import type { Part } from '../state';
import Activations from './activations/index.svelte';
import Choose from './choose/index.svelte';
import Depth from './depth/index.svelte';
import Forward from './forward/index.svelte';
import Lessons from './lessons/index.svelte';
import Race from './race/index.svelte';

export interface ViewProps {
  state: Part;
  save: (part: Part) => void;
}

export interface View {
  name: string;
  title: string; // key of its name in the menu
  component: Component<ViewProps>;
  served?: boolean;
}

export const VIEWS: readonly View[] = [
  { name: 'lessons', title: 'lab.view.lessons', component: Lessons },
  { name: 'activations', title: 'lab.view.activations', component: Activations },
  { name: 'forward', title: 'lab.view.forward', component: Forward },
  { name: 'race', title: 'lab.view.race', component: Race },
  { name: 'depth', title: 'lab.view.depth', component: Depth },
  { name: 'choose', title: 'lab.view.choose', component: Choose, served: true },
];
