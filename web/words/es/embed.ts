// The texts of en/embed.ts in Spanish.
import type { EmbedWords } from '../en/embed.ts';

export const embed: EmbedWords = {
  watchPage: (name) => `${name}: abrir la página de la transmisión en otra pestaña`,
  brand: 'En directo con Sluice',

  playground: {
    title: (name) => `Página de pruebas: ${name}`,
    intro:
      'Esta página inserta el reproductor como lo hace otro sitio y lo controla con mensajes de Player.js. Se muestran todos los mensajes.',
    frame: 'El reproductor insertado',
    options: 'Opciones de la dirección',
    optionsHint: 'Opciones del reproductor, como autoplay=1&accent=ff8800. El marco se carga de nuevo.',
    apply: 'Cargar',
    sandbox: 'En un sandbox sin origen, como algunos sitios insertan proveedores desconocidos',
    methods: 'Métodos',
    value: 'Valor',
    call: (method) => `Llamar a ${method}`,
    messages: 'Mensajes',
    messagesHint: 'El más reciente está arriba.',
    clear: 'Vaciar',
    toFrame: 'al reproductor',
    fromFrame: 'del reproductor',
    often: 'Mostrar también timeupdate, progress, latency y stats',
    code: 'Código para tu página',
    iframe: 'Código de inserción',
    element: 'Elemento de sluice/embed',
    waiting: 'Esperando a que el reproductor indique que está listo.',
    ready: (methods, events) => `Listo: ${methods} métodos, ${events} eventos.`,
    back: 'Página de la transmisión',
  },
};
