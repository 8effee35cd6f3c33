// The emoji of a professional talk, with the words that one looks for. One line each: emoji, words.
const LIST = `
😀 sourire content smile happy|😄 rire joyeux grin|😁 grand sourire beam|😂 rire larmes mdr laugh joy|🙂 léger sourire slight|😉 clin d’œil wink|😊 sourire timide ravi blush|😍 amoureux adore love|😎 lunettes cool|🤔 réfléchir pensif doute think
😅 soulagé sueur phew|😇 ange angel|🤗 câlin accueil hug|🙃 à l’envers upside|😌 apaisé calme relieved|😐 neutre neutral|😕 perplexe confused|😮 étonné surpris surprised|😢 triste larme sad|😭 pleure cry
😬 gêné grimace|😴 fatigué dort sleep|😡 colère fâché angry|🤯 époustouflé mind blown|🥳 fête bravo party|🤝 accord poignée de main partenariat handshake deal|👍 pouce oui d’accord merci thumbs up yes|👎 pouce bas non thumbs down no|👏 bravo applaudir clap|🙌 hourra mains levées hooray
🙏 merci prière s’il vous plaît thanks please|👋 bonjour salut coucou hello wave|✋ main levée stop hand|👌 parfait ok|✌️ victoire paix victory|🤞 croiser les doigts chance fingers crossed|💪 force courage muscle strong|👉 à droite doigt point right|👇 en bas doigt point down|👀 regarder yeux look
❤️ cœur rouge aime heart love|💚 cœur vert green heart|💙 cœur bleu blue heart|💛 cœur jaune yellow heart|✨ étincelles nouveau sparkles|⭐ étoile favori star|🔥 feu populaire fire|💯 cent parfait hundred|🎉 fête confettis bravo celebrate|🎂 anniversaire gâteau birthday
✅ fait coché oui check done|☑️ case cochée ballot|❌ non croix faux cross no|❗ important exclamation|❓ question|⚠️ attention danger warning|🚧 travaux chantier en cours construction|🛑 stop arrêt|🔴 rouge rond red|🟠 orange rond
🟡 jaune rond yellow|🟢 vert rond green|🔵 bleu rond blue|💡 idée ampoule idea|📌 épingle important pin|📍 lieu repère place|📎 trombone pièce jointe clip|🔗 lien link|📝 note compte rendu memo|✏️ crayon écrire pencil
📄 document page|📁 dossier folder|📊 graphique chiffres chart|📈 hausse progression up|📉 baisse down|📅 date calendrier agenda calendar|🗓️ planning calendrier|⏰ réveil rappel horloge alarm|⏳ sablier attente wait|🕐 heure clock
📣 annonce mégaphone announce|📢 annonce haut-parleur loud|🔔 cloche notification bell|📞 téléphone appeler phone|📱 mobile smartphone|💻 ordinateur computer|🖥️ écran screen|🖨️ imprimante printer|✉️ courriel lettre mail|📧 courriel e-mail
📰 journal presse news|📚 livres ressources books|🎓 formation diplôme training|🎯 objectif cible goal|🧭 boussole cap compass|🗺️ carte territoire map|🧩 puzzle solution|🛠️ outils tools|⚙️ réglages engrenage settings|🔍 chercher loupe search
🔒 confidentiel cadenas lock|🔓 ouvert cadenas unlock|🔑 clé key|🗳️ vote élection urne ballot|⚖️ droit justice balance law|💶 budget euro argent money|💰 argent financement money|🏆 trophée gagné trophy|🎁 cadeau gift|🚀 lancement fusée rocket launch
🌱 pousse écologie plant|🌳 arbre tree|🌾 agriculture blé wheat|🌻 fleur tournesol flower|🌍 planète terre monde earth|☀️ soleil sun|🌧️ pluie rain|💧 eau goutte water|♻️ recyclage recycle|🍎 pomme fruit apple
🥕 carotte légume vegetable|🍞 pain bread|🍽️ repas cantine restaurant meal|☕ café pause coffee|🏠 maison logement house|🏛️ mairie institution town hall|🏫 école school|🏥 hôpital santé hospital|🏭 entreprise usine factory|🏘️ quartier village houses
🚲 vélo mobilité bike|🚌 bus transport|🚆 train|🚗 voiture car|🚶 marche piéton walk|♿ accessibilité handicap wheelchair|👥 groupe personnes people|👶 enfant bébé child|👵 senior aînée elder|🧑‍🌾 agricultrice agriculteur farmer
`;

export const EMOJI = LIST.trim().split(/[|\n]/).map((entry) => {
  const [sign, ...words] = entry.split(" ");
  return { sign, words: words.join(" ") };
});

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/g, "oe").toLowerCase();

export function search(query) {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  return EMOJI.filter(({ words }) => wanted.every((word) => plain(words).split(/[\s’]/).some((one) => one.startsWith(word))));
}
