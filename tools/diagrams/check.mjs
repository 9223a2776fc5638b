// node tools/diagrams/check.mjs FOLDER FILE...: the findings about these files as one JSON object.
import { findingsOf } from './findings.mjs';

const [folder, ...files] = process.argv.slice(2);
console.log(JSON.stringify(await findingsOf(folder, files)));
