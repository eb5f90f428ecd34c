"""What random networks have beside groups, synapses and one run: inputs, links, operations, and what scripts do between runs.

Nothing here draws during a run: Poisson inputs have the probability 1 in every step.
"""


class Extras:
    """The lines that are added to a script: before its first run, and the runs after it.

    Args:
        pick: a generator of random numbers of `random`.
        groups: the groups of the network (`random_networks.Group`).
        synapses: lines, name and variables of synapses.
        has_given: whether there is a SpikeGeneratorGroup `given`.
    """

    def __init__(self, pick, groups, synapses, has_given):
        self._pick, self._groups, self._synapses, self._has_given = pick, groups, synapses, has_given
        #: Lines before the first run.
        self.before = []
        #: Lines that change something between runs.
        self._changes = []
        for add, chance in (
            (self._part_of_part, 0.5),
            (self._poisson, 0.4),
            (self._linked, 0.4),
            (self._watched, 0.5),
            (self._switched, 0.3),
            (self._relayed, 0.4),
            (self._modulated, 0.3),
            (self._called, 0.25),
            (self._cable, 0.2),
        ):
            if pick.random() < chance:
                add()
        self._usual_changes()

    def runs(self):
        """The runs after the first, with changes before each."""
        pick, lines = self._pick, []
        for _ in range(pick.randint(1, 3)):
            if pick.random() < 0.25:
                lines += ["store('here')", f"run({pick.choice([5, 8])}*ms)", "restore('here')"]
            for change in pick.sample(self._changes, min(len(self._changes), pick.randint(0, 3))):
                lines += change
            lines.append(f"run({pick.choice([0.5, 4, 11, 15])}*ms)")
        return lines

    # --- Objects ----------------------------------------------------------------------------------------------------
    def _part_of_part(self):
        """A part of a part, with synapses onto it, an operation and monitors."""
        group = self._pick.choice(self._groups)
        if group.size < 3:
            return
        first = self._pick.randint(0, group.size - 3)
        name = group.name
        self.before += [
            f"whole_part = {name}[{first}:]",
            f"inner = whole_part[1:{self._pick.randint(2, group.size - first)}]",
            f"into = Synapses({name}, inner, 'w : 1', on_pre='v_post += w*0.1', name='{self._pick.choice('az')}_into')",
            "into.connect()",
            "into.w = '0.1 + 0.02*j'",
            "inner_rates = PopulationRateMonitor(inner)",
            "inner_spikes = SpikeMonitor(inner)",
            "inner_samples = StateMonitor(inner, 'v', record=[0])",
            f"inner_operation = inner.run_regularly('v += 0.01', dt={self._pick.choice([1, 2])}*ms)",
        ]
        self._changes += [["inner.v = 0.3"], ["into.w['j == 0'] = 0.5"], ["into.delay = 'i*0.5*ms'"]]

    def _poisson(self):
        """Inputs whose events come in every step, each that is possible."""
        group = self._pick.choice(self._groups)
        variable = "g" if group.has_g else "v"
        order = self._pick.choice(["", ", order=1", ", when='start'", ", when='after_groups'"])
        self.before += [
            f"constantly = PoissonInput({group.name}, '{variable}', 3, 1/defaultclock.dt, "
            f"weight={self._pick.choice(['0.002', repr('0.001*(1 + i)'), repr('0.004*v')])}{order})",
            "every_second = PoissonGroup(4, rates='int(i % 2 == 0)/dt')",
            f"from_poisson = Synapses(every_second, {group.name}, on_pre='v_post += 0.003*(i + 1)')",
            "from_poisson.connect()",
            "seen_poisson = SpikeMonitor(every_second)",
        ]
        self._changes += [["constantly.active = False"], ["constantly.active = True"]]

    def _linked(self):
        """A group that reads another one."""
        group = self._pick.choice(self._groups)
        index = self._pick.choice(["", f", index=array({[self._pick.randrange(group.size) for _ in range(3)]})"])
        size = 3 if index else group.size
        self.before += [
            f"reader = NeuronGroup({size}, '''dv/dt = (1.2*other - v)/tau : 1\n    other : 1 (linked)''', threshold='v > 0.8', "
            f"reset='v = 0', method='{self._pick.choice(['euler', 'rk2'])}', name='{self._pick.choice('az')}_reader')",
            f"reader.other = linked_var({group.name}, 'v'{index})",
            "reader_spikes = SpikeMonitor(reader)",
            "reader_samples = StateMonitor(reader, ['v', 'other'], record=True)",
        ]
        self._changes.append(["reader.v = '0.1*i'"])

    def _watched(self):
        """Monitors of other kinds."""
        group = self._pick.choice(self._groups)
        _, name, variables = self._pick.choice(self._synapses)
        self.before += [
            f"counted = SpikeMonitor({group.name}, record=False)",
            f"rates = PopulationRateMonitor({group.name})",
            f"if len({name}):",
            f"    some = StateMonitor({name}, {variables}, record=range(0, len({name}), 2))",
            f"    one_way = StateMonitor({name}, 'w', record={name}['i <= j'])" if self._pick.random() < 0.5 else "    pass",
        ]

    def _switched(self):
        """Objects that rest for some runs."""
        what = self._pick.choice([name for _, name, _ in self._synapses] + [f"spikes{at}" for at in range(len(self._groups))])
        self._changes += [[f"{what}.active = False"], [f"{what}.active = True"]]

    def _relayed(self):
        """Synapses that follow an event of one's own."""
        group = self._pick.choice(self._groups)
        if not group.has_event:
            return
        self.before += [
            f"relay = Synapses({group.name}, {self._pick.choice(self._groups).name}, 'w : 1', on_pre='v_post += w', on_event='large', "
            f"delay={self._pick.choice(['0*ms', '0.7*ms'])}, name='{self._pick.choice('az')}_relay')",
            "relay.connect(j='(i + 1) % N_post')",
            "relay.w = 0.02",
        ]
        self._changes += [["relay.w = 'w + 0.01*i'"]]

    def _modulated(self):
        """Three factors: what a group says to synapses, through a variable that they share."""
        group, other = self._pick.choice(self._groups), self._pick.choice(self._groups)
        kind = self._pick.choice(["event-driven", "clock-driven"])
        self.before += [
            f"three = Synapses({group.name}, {other.name}, '''dc/dt = -c/tau2 : 1 ({kind})\n    dopamine : 1 (shared)\n    w : 1''', "
            "on_pre='v_post += w; c += 0.1; w = clip(w + c*dopamine, 0, 1)', on_post={'post': 'c -= 0.05', 'late': 'w *= 0.99'}, "
            "method='euler')",
            "three.connect('i != j or N_pre == 1')",
            f"three.late.delay = {self._pick.choice(['1*ms', repr('0.2*j*ms')])}",
            "three.w = '0.05 + 0.01*j'",
            "three.dopamine = 0.2",
            f"fades = three.run_regularly('w *= 0.98', dt={self._pick.choice([1, 5])}*ms, when='{self._pick.choice(['start', 'end'])}')",
        ]
        self._changes += [["three.dopamine = -0.1"], ["three.late.delay = 0.5*ms"], ["three.w['i == 0'] = 0.2", "three.c = 0"]]

    def _called(self):
        """A function of Python that acts between steps."""
        group = self._pick.choice(self._groups)
        self.before += [
            f"@network_operation(dt={self._pick.choice([2, 5])}*ms, when='start', order=-9)",
            "def act():",
            f"    {group.name}.v += 0.02",
        ]

    def _cable(self):
        """A neuron with compartments, which receives synapses."""
        source = self._pick.choice(["given"] if self._has_given else [self._groups[0].name])
        self.before += [
            # Not a soma: the conductance of a sphere costs Brian's solver digits.
            "shape = Cylinder(length=60*um, diameter=3*um, n=4)",
            "shape.dendrite = Cylinder(length=150*um, diameter=2*um, n=5)",
            "shape.dendrite.twig = Section(n=3, length=[20, 30, 10]*um, diameter=[2, 1.5, 1, 0.5]*um)",
            "cable = SpatialNeuron(shape, '''Im = gl*(-65*mV - v) + ge*(0*mV - v)/area : amp/meter**2\n"
            "    I : amp (point current)\n    dge/dt = -ge/(3*ms) : siemens\n    gl : siemens/meter**2''', Cm=1*uF/cm**2, "
            "Ri=100*ohm*cm, method='exponential_euler', threshold='v > -50*mV', threshold_location=0, refractory='v > -55*mV')",
            "cable.v, cable.gl, cable.ge = -65*mV, '(1 + 0.1*i)*1e-4*siemens/cm**2', 0*nS",
            f"onto = Synapses({source}, cable, 'w : siemens', on_pre='ge_post += w', delay=0.4*ms)",
            f"onto.connect(j='(2*i + k) % {self._pick.choice([4, 8])} for k in range(2)')",
            "onto.w = '(2 + i)*nS'",
            "cable_samples = StateMonitor(cable, ['v', 'ge'], record=[0, 3, 7])",
            "cable_spikes = SpikeMonitor(cable)",
        ]
        self._changes += [["cable.dendrite.I = 20*pA"], ["cable.I[0] = 0.1*nA"], ["onto.w = 4*nS"], ["cable.v = -66*mV"]]

    # --- Changes ----------------------------------------------------------------------------------------------------
    def _usual_changes(self):
        """What every network lets scripts change."""
        for group in self._groups:
            self._changes += [[f"{group.name}.I0 = '1.1 + 0.05*i'"], [f"{group.name}.v['i > 0'] = 0.4"]]
        for lines, name, _ in self._synapses:
            self._changes.append([f"if len({name}): {name}.w['i == j'] = 0.15"])
            if "on_pre='" in lines[0] and "delay=" not in lines[0]:
                self._changes.append([f"if len({name}): {name}.pre.delay = '(i + 1)*0.4*ms'"])
        if self._has_given:
            self._changes.append(["given.set_spikes([0, 1, 2, 0], given.t + [1, 1, 2, 3]*ms)"])
        self._changes += [["tau = 11*ms"], ["E = 1.8"]]
