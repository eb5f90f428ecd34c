TITLE Calcium under the membrane, with a buffer and a pump

NEURON {
  SUFFIX cabuffer
  USEION ca READ ica WRITE cai
  RANGE total, shell, density
}

UNITS {
  (mM) = (milli/liter)
  (um) = (micron)
  (mA) = (milliamp)
  (mol) = (1)
  FARADAY = (faraday) (10000 coulomb)
}

PARAMETER {
  total = 0.05 (mM)
  shell = 0.2 (um)
  density = 2e-13 (mol/cm2)
  diam (um)
}

ASSIGNED {
  ica (mA/cm2)
  area1 (um)
  volume (um2)
}

STATE {
  cai (mM) <1e-8>
  free (mM)
  bound (mM)
  pump (mol/cm2)
  pumpca (mol/cm2)
}

INITIAL {
  area1 = 3.14159265358979*diam
  volume = 3.14159265358979*diam*shell
  cai = 1e-4
  bound = total*cai/(cai + 0.002)
  free = total - bound
  pump = density/(1 + 0.5*cai/0.001)
  pumpca = density - pump
}

BREAKPOINT {
  SOLVE flow METHOD sparse
}

KINETIC flow {
  COMPARTMENT volume {cai free bound}
  COMPARTMENT (1e10)*area1 {pump pumpca}
  ~ cai << (-ica*area1/(2*FARADAY))
  ~ cai + free <-> bound (100, 0.2)
  ~ cai + pump <-> pumpca ((1e10)*area1*1, (1e10)*area1*0.002)
  ~ pumpca <-> pump ((1e10)*area1*0.005, 0)
  CONSERVE free + bound = total*volume
  CONSERVE pump + pumpca = (1e10)*area1*density
}
