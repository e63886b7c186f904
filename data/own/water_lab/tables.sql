CREATE TABLE lb_cli (
  cli_no integer PRIMARY KEY,
  cli_nm varchar(60) NOT NULL UNIQUE,
  cli_typ char(1) NOT NULL CHECK (cli_typ IN ('M', 'I', 'P')),
  cty varchar(40) NOT NULL,
  actv char(1) NOT NULL DEFAULT 'Y' CHECK (actv IN ('Y', 'N')),
  crdt_lmt numeric(9,2)
);
CREATE TABLE lb_site (
  site_no integer PRIMARY KEY,
  cli_no integer NOT NULL REFERENCES lb_cli (cli_no),
  site_nm varchar(60) NOT NULL UNIQUE,
  wtr_typ varchar(12) NOT NULL,
  dpth_m numeric(5,1),
  dt_opn date NOT NULL
);
CREATE TABLE lb_anl (
  anl_id char(3) PRIMARY KEY,
  frst_nm varchar(30) NOT NULL,
  lst_nm varchar(30) NOT NULL,
  dt_hire date NOT NULL,
  snr_fl boolean NOT NULL
);
CREATE TABLE lb_smp (
  smp_no integer PRIMARY KEY,
  site_no integer NOT NULL REFERENCES lb_site (site_no),
  dt_smp date NOT NULL,
  dt_rcv date NOT NULL,
  tmp_c numeric(4,1),
  prio smallint NOT NULL CHECK (prio BETWEEN 1 AND 3),
  smp_st char(1) NOT NULL CHECK (smp_st IN ('O', 'C', 'R')),
  CHECK (dt_rcv >= dt_smp)
);
CREATE TABLE lb_mth (
  mth_cd varchar(8) PRIMARY KEY,
  mth_ds varchar(60) NOT NULL,
  hrs_reqd numeric(4,1) NOT NULL,
  accr boolean NOT NULL
);
CREATE TABLE lb_par (
  par_cd varchar(6) PRIMARY KEY,
  par_nm varchar(40) NOT NULL UNIQUE,
  unt varchar(10) NOT NULL,
  mth_cd varchar(8) NOT NULL REFERENCES lb_mth (mth_cd),
  prc numeric(6,2) NOT NULL
);
CREATE TABLE lb_lim (
  par_cd varchar(6) NOT NULL REFERENCES lb_par (par_cd),
  wtr_typ varchar(12) NOT NULL,
  max_val numeric(9,3) NOT NULL,
  PRIMARY KEY (par_cd, wtr_typ)
);
CREATE TABLE lb_res (
  smp_no integer NOT NULL REFERENCES lb_smp (smp_no),
  par_cd varchar(6) NOT NULL REFERENCES lb_par (par_cd),
  val numeric(9,3),
  anl_id char(3) NOT NULL REFERENCES lb_anl (anl_id),
  dt_anl date NOT NULL,
  exc_fl boolean NOT NULL,
  PRIMARY KEY (smp_no, par_cd)
);
CREATE TABLE lb_eqp (
  eqp_no integer PRIMARY KEY,
  eqp_ds varchar(40) NOT NULL,
  mfr varchar(30) NOT NULL,
  dt_pur date NOT NULL,
  cst numeric(9,2) NOT NULL,
  dt_ret date
);
CREATE TABLE lb_cal (
  eqp_no integer NOT NULL REFERENCES lb_eqp (eqp_no),
  dt_cal date NOT NULL,
  anl_id char(3) NOT NULL REFERENCES lb_anl (anl_id),
  dev_pct numeric(5,2) NOT NULL,
  ok_fl boolean NOT NULL,
  PRIMARY KEY (eqp_no, dt_cal)
);

COMMENT ON TABLE lb_cli IS 'Clients of the laboratory';
COMMENT ON COLUMN lb_cli.cli_nm IS 'Client name';
COMMENT ON COLUMN lb_cli.cli_typ IS 'Client type: M municipality, I industry, P private';
COMMENT ON COLUMN lb_cli.cty IS 'City';
COMMENT ON COLUMN lb_cli.actv IS 'Y while the client is active, else N';
COMMENT ON COLUMN lb_cli.crdt_lmt IS 'Credit limit in euros, empty for none';
COMMENT ON TABLE lb_site IS 'Sampling sites';
COMMENT ON COLUMN lb_site.site_nm IS 'Site name';
COMMENT ON COLUMN lb_site.wtr_typ IS 'Water type: drinking, surface, ground, waste, bathing';
COMMENT ON COLUMN lb_site.dpth_m IS 'Sampling depth in metres, wells only';
COMMENT ON COLUMN lb_site.dt_opn IS 'Date opened';
COMMENT ON TABLE lb_anl IS 'Analysts';
COMMENT ON COLUMN lb_anl.frst_nm IS 'First name';
COMMENT ON COLUMN lb_anl.lst_nm IS 'Last name';
COMMENT ON COLUMN lb_anl.snr_fl IS 'Senior analyst, may release results';
COMMENT ON TABLE lb_smp IS 'Water samples';
COMMENT ON COLUMN lb_smp.smp_no IS 'Sample number';
COMMENT ON COLUMN lb_smp.dt_smp IS 'Date of sampling';
COMMENT ON COLUMN lb_smp.dt_rcv IS 'Date received in the laboratory';
COMMENT ON COLUMN lb_smp.tmp_c IS 'Water temperature at sampling in degrees Celsius';
COMMENT ON COLUMN lb_smp.prio IS 'Priority: 1 urgent, 2 normal, 3 when there is time';
COMMENT ON COLUMN lb_smp.smp_st IS 'Sample status: O open, C completed, R rejected';
COMMENT ON TABLE lb_mth IS 'Analysis methods';
COMMENT ON COLUMN lb_mth.mth_ds IS 'Method description';
COMMENT ON COLUMN lb_mth.hrs_reqd IS 'Working hours required';
COMMENT ON COLUMN lb_mth.accr IS 'Accredited';
COMMENT ON TABLE lb_par IS 'Parameters that can be analysed';
COMMENT ON COLUMN lb_par.par_nm IS 'Parameter name';
COMMENT ON COLUMN lb_par.unt IS 'Unit of measurement';
COMMENT ON COLUMN lb_par.prc IS 'Price of one analysis in euros';
COMMENT ON TABLE lb_lim IS 'Legal limits by water type';
COMMENT ON COLUMN lb_lim.max_val IS 'Highest allowed value';
COMMENT ON TABLE lb_res IS 'Results of analyses';
COMMENT ON COLUMN lb_res.val IS 'Measured value, empty when below detection';
COMMENT ON COLUMN lb_res.dt_anl IS 'Date of analysis';
COMMENT ON COLUMN lb_res.exc_fl IS 'The value exceeds the legal limit';
COMMENT ON TABLE lb_eqp IS 'Laboratory equipment';
COMMENT ON COLUMN lb_eqp.eqp_ds IS 'Equipment description';
COMMENT ON COLUMN lb_eqp.mfr IS 'Manufacturer';
COMMENT ON COLUMN lb_eqp.dt_pur IS 'Date of purchase';
COMMENT ON COLUMN lb_eqp.cst IS 'Purchase cost in euros';
COMMENT ON COLUMN lb_eqp.dt_ret IS 'Date retired, empty while in use';
COMMENT ON TABLE lb_cal IS 'Calibrations of equipment';
COMMENT ON COLUMN lb_cal.dev_pct IS 'Deviation found, in percent';
COMMENT ON COLUMN lb_cal.ok_fl IS 'Passed';
