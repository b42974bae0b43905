/** Given name, family name, account name. A few are there to be hard on a console: right to left, long, accented. */
export const people: readonly [readonly [string, string, string], ...(readonly [string, string, string])[]] = [
  ["Amelia", "Okafor", "amelia"],
  ["Jonas", "Lindqvist", "jlindqvist"],
  ["Priya", "Raman", "priya.raman"],
  ["Mateo", "García Ibáñez", "mateo"],
  ["Chloé", "Lefèvre", "clefevre"],
  ["יעל", "כהן", "yael"],
  ["محمد", "الحسن", "mohammed"],
  ["桜子", "山田", "yamada"],
  ["Oleksandr", "Kovalenko", "okovalenko"],
  ["Maximilian-Alexander", "Freiherr von und zu Hohenstein-Wolfenbüttel", "mavhw"],
  ["Thandi", "Nkosi", "thandi"],
  ["Grace", "Liu", "grace"],
  ["Björn", "Åström", "bjorn"],
  ["Sam", "O’Neill", "soneill"],
  ["Ines", "Duarte", "ines.duarte"],
  ["Kwame", "Boateng", "kwame"],
];
