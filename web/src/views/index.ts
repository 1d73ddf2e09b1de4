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

/** By the name in the link and in the menu. */
export const VIEWS: Record<string, Component<ViewProps>> = {
  lessons: Lessons, activations: Activations, forward: Forward, race: Race, depth: Depth, choose: Choose,
};
