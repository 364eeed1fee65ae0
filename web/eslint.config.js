import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

/** Three tiers, imports downward only: routes, then features, then ui and lib. A feature is used through its index. */
const tier = (files, patterns) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }],
  },
});
const routesAreTop = [['**/routes/**'], 'routes are on top: nothing imports them'];

export default ts.config(
  { ignores: ['node_modules', '.svelte-kit', 'dist', 'src/lib/api/schema.d.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': 'off',
      'svelte/require-each-key': 'error',
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['svelte/store', '$app/stores'], message: 'state is a rune class, passed by context' }] },
      ],
    },
  },
  // Links are made by lib/routes.ts, which resolves them.
  { files: ['**/*.svelte', '**/*.ts'], rules: { 'svelte/no-navigation-without-resolve': 'off' } },
  tier(['src/ui/**'], [routesAreTop, [['#features/*', '**/features/**'], 'ui knows no feature'], [['#lib/api/*'], 'ui knows no API']]),
  tier(['src/lib/**'], [routesAreTop, [['#features/*', '**/features/**', '#ui', '#ui/*'], 'lib is below features and ui']]),
  tier(['src/features/**'], [routesAreTop, [['**/features/*/*', '#features/*/*'], 'another feature only through its index']]),
);
