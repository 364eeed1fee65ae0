/** What a person can set: look and language on this device, account, devices, keys for programs. */
export { default as Account } from './Account.svelte';
export { default as ApiKeys } from './ApiKeys.svelte';
export { default as Appearance } from './Appearance.svelte';
export { default as CopyText } from './CopyText.svelte';
export { default as Devices } from './Devices.svelte';
export { default as Section } from './Section.svelte';
