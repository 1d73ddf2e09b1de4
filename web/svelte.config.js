/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: {
    // a link that comes from outside mounts its view anew: views read `state` once, on purpose
    warningFilter: (warning) => warning.code !== 'state_referenced_locally',
  },
};
