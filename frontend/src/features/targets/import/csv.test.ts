import { expect, test } from "vitest";
import { parseCsv } from "./csv";

const names = (text: string) => parseCsv(text).rows.map((row) => row.name);

test("all columns are read", () => {
  const { rows, faults } = parseCsv("name,hostname,protocol,port,tags,credential\nweb-1,10.0.0.1,SSH,2222,\"web, env:prod\",key-1\n");
  expect(faults).toEqual([]);
  expect(rows).toEqual([
    {
      line: 2,
      name: "web-1",
      hostname: "10.0.0.1",
      protocol: "ssh",
      port: 2222,
      tags: ["web", "env:prod"],
      credential: "key-1",
      metadata: {},
      faults: [],
    },
  ]);
});

test.each([
  ["CRLF", "name,host\r\na,x\r\nb,y\r\n"],
  ["a mark at the start", "\uFEFFname,host\na,x\nb,y"],
  ["semicolons", "name;host\na;x\nb;y"],
  ["tabs", "name\thost\na\tx\nb\ty"],
  ["empty lines", "\n\nname,host\n\na,x\n\n\nb,y\n\n"],
  ["quotes around all", '"name","host"\n"a","x"\n"b","y"'],
  ["columns in another order and case", "Host,NAME\nx,a\ny,b"],
  ["spaces around values", " name , host \n a , x \n b , y "],
])("%s does no harm", (_, text) => {
  expect(names(text)).toEqual(["a", "b"]);
  expect(parseCsv(text).rows.map((row) => row.hostname)).toEqual(["x", "y"]);
  expect(parseCsv(text).faults).toEqual([]);
});

test("quotes hold separators, quotes and line ends; lines are counted through them", () => {
  const { rows } = parseCsv('name,tags\n"a ""one""","x\ny"\nb,z\n');
  expect(rows[0]).toMatchObject({ line: 2, name: 'a "one"', tags: ["x", "y"] });
  expect(rows[1]).toMatchObject({ line: 4, name: "b" });
});

test.each([
  ["0", /port “0”/],
  ["65536", /port “65536”/],
  ["22a", /port “22a”/],
  ["-1", /port “-1”/],
  ["2.5", /port “2.5”/],
])("the port %s is a fault of its row", (port, fault) => {
  const [row] = parseCsv(`name,port\na,${port}`).rows;
  expect(row?.port).toBeUndefined();
  expect(row?.faults[0]).toMatch(fault);
});

test.each([
  ["name,protocol\na,telnet", /telnet/],
  ["name,host\n,x", /no name/],
  ["name,host\na,x,y", /3 values for 2 columns/],
])("%j names what is wrong with the row", (text, fault) => {
  expect(parseCsv(text).rows[0]?.faults.join()).toMatch(fault);
});

test.each([
  ["a,b\n1,2", 1, /name the columns/],
  ["name,colour\na,red", 1, /“colour”/],
  ["name,host,ip\na,x,y", 1, /two columns/],
  ['name,host\na,"x\nb,y', 2, /never closed/],
])("%j is wrong as a whole at line %d", (text, line, message) => {
  const fault = parseCsv(text).faults[0];
  expect(fault?.line).toBe(line);
  expect(fault?.message).toMatch(message);
});

test("nothing is no fault", () => {
  expect(parseCsv(" \n")).toEqual({ rows: [], faults: [] });
});
