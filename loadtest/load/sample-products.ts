/** A product as the catalogue's form takes it. */
export interface SampleProduct {
  name: string
  code: string
  description: string
  units: number
  category: string
}

const kinds: [category: string, prefix: string, nouns: string[]][] = [
  ['Cables', 'CAB', ['Cable HDMI', 'Cable de red Cat 6', 'Cable USB-C', 'Alargador eléctrico']],
  ['Muebles', 'MUE', ['Silla de oficina', 'Mesa plegable', 'Estantería metálica', 'Cajonera con ruedas']],
  ['Papelería', 'PAP', ['Papel A4', 'Archivador', 'Bolígrafo de gel', 'Cuaderno cuadriculado']],
  ['Herramientas', 'HER', ['Taladro percutor', 'Juego de llaves', 'Destornillador de precisión', 'Nivel láser']],
  ['Limpieza', 'LIM', ['Detergente neutro', 'Guantes de nitrilo', 'Bayeta de microfibra', 'Desinfectante']],
  ['Iluminación', 'ILU', ['Bombilla LED', 'Lámpara de mesa', 'Panel LED', 'Foco de exterior']],
  ['Informática', 'INF', ['Monitor', 'Teclado inalámbrico', 'Ratón óptico', 'Disco SSD externo']],
  ['Seguridad', 'SEG', ['Casco de obra', 'Chaleco reflectante', 'Extintor', 'Botiquín de pared']],
  ['Jardín', 'JAR', ['Manguera', 'Tijera de podar', 'Maceta de barro', 'Aspersor giratorio']],
  ['Embalaje', 'EMB', ['Caja de cartón', 'Cinta adhesiva', 'Film de burbujas', 'Palé de madera']],
]
const makers = [
  'Norte',
  'Ibérica',
  'Talleres Sol',
  'Vega',
  'Alpina',
  'Duero',
  'Lumen',
  'Roble',
  'Marea',
  'Nexo',
  'Orbe',
]
const variants = ['compacto', 'reforzado', 'económico', 'profesional', 'ligero', 'extragrande', 'ecológico']
const colours = ['negro', 'blanco', 'gris', 'azul', 'verde', 'rojo', 'natural', 'plata']
const uses = [
  'Para salas de reuniones y puestos de trabajo compartidos.',
  'Indicado para uso diario en almacén y taller.',
  'Cumple la norma europea vigente y admite devolución en 30 días.',
  'Se entrega montado y con dos años de garantía.',
  'Pedir con una semana de antelación en temporada alta.',
]

/** The same product for the same number in every run, so that runs compare. @param ending makes its code unique */
export function sampleProduct(number: number, ending: string): SampleProduct {
  const [category, prefix, nouns] = pick(kinds, number, 1)
  const [noun, maker] = [pick(nouns, number, 2), pick(makers, number, 3)]
  const [variant, colour] = [pick(variants, number, 4), pick(colours, number, 5)]
  return {
    name: `${noun} ${maker} ${variant} ${colour}`,
    code: `${prefix}-${ending}`,
    description: `${noun} de ${maker}, modelo ${variant} en ${colour}. ${pick(uses, number, 6)} ${pick(uses, number, 7)}`,
    units: scatter(number, 8) % 500,
    category,
  }
}

function pick<T>(choices: T[], number: number, which: number): T {
  return choices[scatter(number, which) % choices.length] as T
}

/** Spreads numbers over 32 bits so that neighbours have little in common (the finishing steps of MurmurHash3). */
function scatter(number: number, which: number): number {
  let mixed = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(which, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
