// What the doctor says, and the report about a test, in the language that `loadWords` has chosen.
import { inLanguages } from './catalogue.ts';
import { type DoctorWords, doctor } from './en/doctor.ts';

export const doctorWords: DoctorWords = inLanguages<DoctorWords>(doctor, {
  de: async () => (await import('./de/doctor.ts')).doctor,
  es: async () => (await import('./es/doctor.ts')).doctor,
  ja: async () => (await import('./ja/doctor.ts')).doctor,
  pt: async () => (await import('./pt/doctor.ts')).doctor,
  zh: async () => (await import('./zh/doctor.ts')).doctor,
});
