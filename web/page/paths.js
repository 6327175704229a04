// Files of a project that the page reads.

export const ANSWERS = ".copier-answers.yml";
export const BUNDLE = ".scaffold/template.bundle";
