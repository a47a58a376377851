const nouns: Record<string, string[]> = {
  Cables: ['Cable HDMI', 'Cable de red Cat 6', 'Cable USB-C', 'Alargador eléctrico'],
  Muebles: ['Silla de oficina', 'Mesa plegable', 'Estantería metálica', 'Cajonera con ruedas'],
  Papelería: ['Papel A4', 'Archivador', 'Bolígrafo de gel', 'Cuaderno cuadriculado'],
  Herramientas: ['Taladro percutor', 'Juego de llaves', 'Destornillador de precisión', 'Nivel láser'],
  Limpieza: ['Detergente neutro', 'Guantes de nitrilo', 'Bayeta de microfibra', 'Desinfectante'],
  Iluminación: ['Bombilla LED', 'Lámpara de mesa', 'Panel LED', 'Foco de exterior'],
  Informática: ['Monitor', 'Teclado inalámbrico', 'Ratón óptico', 'Disco SSD externo'],
  Seguridad: ['Casco de obra', 'Chaleco reflectante', 'Extintor', 'Botiquín de pared'],
  Jardín: ['Manguera', 'Tijera de podar', 'Maceta de barro', 'Aspersor giratorio'],
  Fontanería: ['Grifo monomando', 'Sifón flexible', 'Llave de paso'],
  Pintura: ['Pintura plástica', 'Rodillo', 'Brocha plana', 'Barniz al agua'],
  Ferretería: ['Tornillo', 'Taco de nailon', 'Bisagra', 'Escuadra de refuerzo'],
  Electricidad: ['Enchufe', 'Interruptor', 'Magnetotérmico'],
  Climatización: ['Ventilador de techo', 'Radiador', 'Termostato'],
  Menaje: ['Vaso de vidrio', 'Bandeja', 'Termo de acero'],
  Textil: ['Camiseta', 'Chaqueta polar', 'Delantal'],
  Calzado: ['Bota de seguridad', 'Zapato', 'Zueco sanitario'],
  Botiquín: ['Venda elástica', 'Suero fisiológico', 'Tiritas'],
  Transporte: ['Carretilla', 'Transpaleta', 'Eslinga'],
  Medición: ['Flexómetro', 'Calibre digital', 'Báscula'],
  Sonido: ['Altavoz', 'Micrófono', 'Auriculares'],
  Redes: ['Conmutador', 'Punto de acceso', 'Armario rack'],
  Deporte: ['Balón', 'Esterilla', 'Silbato'],
  Embalaje: ['Caja de cartón', 'Cinta adhesiva', 'Film de burbujas', 'Palé de madera'],
}
const makers = 'Norte Ibérica Vega Alpina Duero Lumen Roble Marea Nexo Orbe Solana'.split(' ')
const variants = 'compacto reforzado económico profesional ligero extragrande ecológico'.split(' ')
const colours = 'negro blanco gris azul verde rojo natural plata'.split(' ')
const uses = [
  'Para salas de reuniones y puestos de trabajo compartidos.',
  'Indicado para uso diario en almacén y taller.',
  'Cumple la norma europea vigente y admite devolución en 30 días.',
  'Se entrega montado y con dos años de garantía.',
  'Pedir con una semana de antelación en temporada alta.',
]

/** The same product for the same number in every run, so that runs compare. @param code must be unique */
export function sampleProduct(number: number, code: string) {
  const pick = (choices: string[], which: number) => choices[scatter(number, which) % choices.length] as string
  const category = categoryOf(number)
  const noun = pick(nouns[category] as string[], 2)
  const [maker, variant, colour] = [pick(makers, 3), pick(variants, 4), pick(colours, 5)]
  const description = `${noun} de ${maker}, modelo ${variant} en ${colour}. ${pick(uses, 6)} ${pick(uses, 7)}`
  return { name: `${noun} ${maker} ${variant} ${colour}`, code, description, units: scatter(number, 8) % 500, category }
}

/** Some have ten times as many products as others. */
function categoryOf(number: number): string {
  const share = scatter(number, 1) / 2 ** 32
  return categories[Math.floor(categories.length * share ** 2)] as string
}

const categories = Object.keys(nouns)

/** What becomes of a product where people work: a few are low, and a few archived; and who of so many people added it, the first of them the most. */
export function sampleState(number: number, people: number) {
  const isOneOf = (hundred: number, which: number) => scatter(number, which) % 100 < hundred
  return {
    minimum: isOneOf(3, 9) ? 500 : 0,
    archived: isOneOf(3, 10) ? 1 : 0,
    person: Math.floor(people * (scatter(number, 11) / 2 ** 32) ** 2),
  }
}

/** The same, as the form sends it. */
export function sampleForm(number: number, code: string): Record<string, string> {
  const product = sampleProduct(number, code)
  return { ...product, units: String(product.units) }
}

/** Spreads numbers over 32 bits so that neighbours have little in common (the finishing steps of MurmurHash3). */
function scatter(number: number, which: number): number {
  let mixed = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(which, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
