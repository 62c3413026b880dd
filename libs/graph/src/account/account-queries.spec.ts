import { driveItemId, Failure } from '@tidemark/contracts';
import { startSimulator, type Simulator, type SimulatorOptions } from '@tidemark/graph-simulator';
import { afterEach, expect, it } from 'vitest';
import { startRig, type Rig } from '../testing/rig.ts';

let rig: Rig<Simulator>;
const start = async (options: SimulatorOptions = {}): Promise<Rig<Simulator>> =>
  (rig = await startRig(await startSimulator(options)));
afterEach(() => rig.close());

const tree = [{ path: '/a.txt', content: 'content' }];
const idOf = (path: string): ReturnType<typeof driveItemId> =>
  driveItemId(rig.simulator.drive().stat(path)?.id ?? '');

it('tells the quota, also where the service writes a number as text or below zero', async () => {
  await start({ tree, quotaTotalBytes: 1000 });
  const { account } = rig.drive;
  const quota = { deleted: 0, remaining: 993, state: 'normal', total: 1000, used: 7 };
  expect(await account.quota()).toEqual(quota);
  rig.simulator.set({ quotaForm: 'text' });
  expect(await account.quota()).toEqual(quota);
  rig.simulator.set({ quotaForm: 'negative' });
  expect(await account.quota()).toEqual({ ...quota, remaining: -1 });
});

it.each(['absent', 'zeros'] as const)('has no quota where it is %s', async (quotaForm) => {
  await start({ tree, settings: { quotaForm } });
  expect(await rig.drive.account.quota()).toBeNull();
});

it('tells the web address of an item, and who changed it last', async () => {
  await start({ tree: [{ ...tree[0], path: '/a.txt', modifiedAt: '2024-05-06T07:08:09Z' }] });
  const { webUrl, modifiedBy } = await rig.drive.account.details(idOf('/a.txt'));
  expect(webUrl).toMatch(/^https:\/\/contoso-my\.sharepoint\.com\/.*a\.txt$/);
  expect(modifiedBy).toEqual({ name: 'Alex Simulated', email: 'alex@contoso.example' });
});

it('creates links to read and to write, and with a password where the account can', async () => {
  await start({ tree, flavour: 'personal' });
  const { account } = rig.drive;
  const id = idOf('/a.txt');
  const read = await account.createLink(id, { access: 'read' });
  expect(read).toMatch(/^https:\/\/1drv\.ms\/.*view/);
  expect(await account.createLink(id, { access: 'read' })).toBe(read);
  expect(await account.createLink(id, { access: 'write' })).toMatch(/edit/);
  expect(await account.createLink(id, { access: 'read', password: 'secret' })).not.toBe(read);
});

it('says why a link is refused, without the password', async () => {
  await start({ tree });
  const asked = rig.drive.account.createLink(idOf('/a.txt'), { access: 'read', password: 'hunter2' });
  const refused = await asked.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Failure);
  expect(String(refused)).toContain('A password is not supported for this account');
  expect(String(refused)).not.toContain('hunter2');
});

it.each(['business', 'library'] as const)(
  'tells the data centre of a %s drive, by its site',
  async (flavour) => {
    await start({ tree, flavour });
    const { driveId } = rig.simulator.drive();
    const { account } = rig.anotherDrive({ driveId: flavour === 'library' ? driveId : null });
    expect(await account.dataCentre()).toBe('EUR');
    for (const dataLocation of ['withheld', 'refused'] as const) {
      rig.simulator.set({ dataLocation });
      expect(await account.dataCentre()).toBeNull();
    }
  },
);

it('asks nothing for the data centre of a personal drive, and takes no code that is none', async () => {
  await start({ tree, flavour: 'personal' });
  await rig.drive.info();
  rig.simulator.resetCounters();
  expect(await rig.drive.account.dataCentre()).toBeNull();
  expect(rig.simulator.counters().total).toBe(0);
  await rig.close();

  await start({ tree });
  const body = JSON.stringify({ siteCollection: { dataLocationCode: 'E\u001b[2J' } });
  rig.simulator.addFault({ route: '/sites/', effect: { type: 'status', status: 200, body } });
  expect(await rig.drive.account.dataCentre()).toBeNull();
});

it('lists sites and their libraries', async () => {
  await start();
  const [site] = await rig.drive.account.sites();
  expect(site?.name).toBe('Marketing');
  if (site === undefined) return;
  expect(await rig.drive.account.libraries(site)).toMatchObject([{ name: 'Documents' }]);
});

it('lists what others share, page by page, and nothing of the own drive', async () => {
  await start({ tree });
  const shared = rig.simulator.sharedDrive();
  for (let index = 0; index < 250; index += 1) shared.create(`/file ${index}.txt`, 'x');
  shared.create('/Folder/inside.txt', 'x');
  const items = await rig.drive.account.sharedItems();
  expect(items).toHaveLength(251);
  expect(items).toContainEqual(
    expect.objectContaining({
      ...{ kind: 'folder', name: 'Folder', driveId: shared.driveId },
      sharedBy: { name: 'Sam Simulated', email: 'sam@contoso.example' },
    }),
  );
});
