import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "src/api/schema", "test-results"] },
  ...tseslint.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      // Templates hold numbers and ids.
      "@typescript-eslint/restrict-template-expressions": "off",
      "no-console": "error",
      // Tables and virtual lists are such libraries; nothing here is memoised for us.
      "react-hooks/incompatible-library": "off",
    },
  },
  {
    // A feature stands alone: what two of them need is in api, live or ui.
    files: ["src/features/*/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@/features/*"], message: "Features never import each other." }] },
      ],
    },
  },
  { files: ["scripts/**"], rules: { "no-console": "off" } },
  // Fixtures of Playwright are given a function that is called "use" and an object that may be empty.
  { files: ["e2e/**"], rules: { "react-hooks/rules-of-hooks": "off", "no-empty-pattern": "off" } },
);
