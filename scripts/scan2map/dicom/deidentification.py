"""Take out of an image and its sidecar what could say whose they are."""

import gzip
import re
import struct

NUMBERS = {
    "AccelNumReferenceLines", "AcquisitionDuration", "AcquisitionMatrixPE",
    "AcquisitionNumber", "AcquisitionVoxelSize", "BandwidthPerPixelPhaseEncode",
    "BaseResolution", "DelayTime", "DerivedVendorReportedEchoSpacing", "DwellTime",
    "EchoNumber", "EchoTime", "EchoTime1", "EchoTime2", "EchoTrainLength",
    "EffectiveEchoSpacing", "EstimatedEffectiveEchoSpacing",
    "EstimatedTotalReadoutTime", "FlipAngle", "FrameTimesStart",
    "ImageOrientationPatientDICOM", "ImagingFrequency", "InPlaneMatrix",
    "InversionTime", "MagneticFieldStrength", "MTState",
    "MultibandAccelerationFactor", "NonlinearGradientCorrection",
    "NumberOfAverages", "ParallelReductionFactorInPlane",
    "ParallelReductionFactorOutOfPlane", "ParallelReductionOutOfPlane",
    "PartialFourier", "PercentPhaseFOV", "PercentSampling", "PhaseEncodingSteps",
    "PhaseEncodingStepsNoPartialFourier", "PhaseEncodingStepsOutOfPlane",
    "PhaseResolution", "PixelBandwidth", "PhilipsRescaleIntercept",
    "PhilipsRescaleSlope", "PhilipsRWVIntercept", "PhilipsRWVSlope",
    "PhilipsScaleSlope", "ReconMatrixPE", "RefLinesPE", "RepetitionTime",
    "RepetitionTimeExcitation", "RepetitionTimeInversion", "SAR", "SeriesNumber",
    "ShimSetting", "SliceThickness", "SliceTiming", "SpacingBetweenSlices",
    "SpoilingState", "TablePosition", "TotalReadoutTime", "TxRefAmp",
    "UsePhilipsFloatNotDisplayScaling", "WaterFatShift",
}  # fmt: skip
"""Fields of dcm2niix's sidecars that are numbers, and how an image was taken."""

WORDED = {
    "BidsGuess", "BodyPart", "CoilCombinationMethod",
    "DiffusionScheme",
    "ImageType", "ImageTypeText", "InPlanePhaseEncodingDirectionDICOM",
    "MRAcquisitionType", "Manufacturer", "ManufacturersModelName", "MatrixCoilMode",
    "Modality", "ParallelAcquisitionTechnique", "PartialFourierDirection",
    "PatientPosition", "PhaseEncodingAxis", "PhaseEncodingDirection",
    "ProtocolName", "PulseSequenceDetails", "PulseSequenceName", "PulseSequenceType",
    "ScanOptions", "ScanningSequence", "SequenceName", "SequenceVariant",
    "SeriesDescription", "SliceEncodingDirection", "SoftwareVersions",
}  # fmt: skip
"""Fields that are words; of these only known words are kept."""

CONVERTER = ("ConversionSoftware", "ConversionSoftwareVersion")
"""Fields that do not come from a header."""

WORDS = frozenset(
    """
    2d 3d a abcd achieva acq acquired adc adni ap aniso anat anatomical anterior
    arterial asc ascending asl aspect aus avanto average ax axial b b0 b1 body bold
    brain brainwave brava c cbf chest clear cmrr coefficient coil colfa color combine
    compressed cor coronal cosine cover d de deep dehance dep dependent derived desc
    descending diff diffusion dir direction directions dirs dis2d dis3d discovery
    distortion dixon dti dtiset dual dwi e11 echo eddy elition encoding enh enhanced ep
    ep2d epfid2d1 epi epse2d1 espree expla explorer ext extended eyes fa false fast fat
    fe ffe fgre field fieldmap fieldmapping filter filtered fisp fit fix flair flash fid
    fmap fmri fov fp free fs fspgr func functional ge geom gr gradient grappa gre group
    gyroscan head hfs high hires hfp hfdl hfdr ffs ho i ima imaging in infinix ingenia
    inplane interleaved inv inversion ipat ir is iso isotropic j k l lava le length
    linear localizer localiser long loc low lr m magnetom magnitude map mapping maps
    matrix max mb mddw mean measurement medical mema min minimum mm moco mode modulus
    mosaic motion mp mp2rage mpr mprage mr mr450 mr450w mr750 mr750w multi multiband
    multiecho mux nav neck nd neuro no none noddi norm normal nerve normalised
    normalized o off on open optima opt orbital orig original other out p p2 p3 pa
    parallel part partial pcasl pd perf perfusion petra ph phase phantom phasediff
    philips pilot planar plus pos position posterior pre premier primary prisma product
    protocol pulse qc r radial rage rd readout real ref reference res resolution rest
    resting restingstate rev reversed rf rl rm ro rs rsfmri run s sag sagittal sb sbref
    scan scanner scout se seg segmented sense sequence series set setter shape shells
    shim short siemens siemensseq sigma signa single sk skyra sl slab slice slices sms
    sola sp space spair spc spgr spin spiral spir spoiled ss standard state step stir
    sum survey swi synaptive syngo t t1 t1w t2 t2star t2starw t2w ta task te terra test
    tf tfe tfl tfl3d1 ti tim time tir tmax to tof topup tr tra trace tracew transverse
    trim trio triotim trufi truefisp true tse turbo two type u ultra uni v variant ve
    venc verio vibe vida vnav volume vol w water wave weighted wfs whole wip x xa xa10
    xa11 xa20 xa30 xa31 xa50 xa60 xs y yes z zoom zoomit bw me e mt ns lx software
    release squares adaptive triple coils phased array hea hep gea combination scan2map
    dcm2niix row col osp mtc trss per rg cg ppg pff pfp unknown skip gems toshiba canon
    hitachi uih united healthcare bruker dstream quasar intera ambition architect
    pioneer creator voyager lumina aera amira spectra biograph mmr symphony sonata
    allegra prismafit vd11 vd13 d13 vb17 vb15 ve11 e11c e11b d13d b17 b19 n4 fq
    imaginary tissue
    """.split()
)
"""Words that names of scanners, sequences and series are made of."""

MASKED = "…"
"""Stands for words that are not known, and could be a name."""


JOINED = re.compile(
    r"\d+(?: ?(?:[^\w\s]{1,2}|_) ?\d+)+|(?<![\w.])\d+(?: \d+)+(?![\w.])"
)
"""Numbers with signs, or nothing but spaces, between them."""


def _mask_dates(found):
    """Mask numbers that are joined as in a date, a time of day or a telephone's."""
    text, sizes = found[0], [len(digits) for digits in re.findall(r"\d+", found[0])]
    many = len(sizes) > 2 and sum(sizes) > 3 and max(sizes) > 1
    long = len(sizes) == 2 and min(sizes) > 2 and "*" not in text
    return MASKED if many or long or ":" in text else text


def plain_words(text):
    """Return a text of a header with nothing but known words and short numbers.

    Free text, such as a series' description, is where names end up. Numbers have at
    most three digits, or four after ``b``, as in b1000; and they are not joined as in
    dates, times of day and telephone numbers, of which 12.03.85, 10:23 and 123-456
    remind, but 1.5, 0.9x0.9x0.9 and 5.3.1 do not.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        With `MASKED` in place of all else.
    """

    def judge(found):
        token = found[0]
        known = token.lower() in WORDS or re.fullmatch(r"\d{1,3}|b\d{1,4}", token, re.I)
        parts = re.findall(r"[A-Za-z]+|\d+", token)
        if known or all(
            part.lower() in WORDS or (part.isdigit() and len(part) < 4)
            for part in parts
        ):
            return token
        return MASKED

    text = JOINED.sub(_mask_dates, str(text)[:120])
    text = re.sub(r"[^\W_]+", judge, text)
    text = re.sub(r"[^\w …^*%.,:;/\\+()=-]", MASKED, text, flags=re.ASCII)
    return re.sub(f"{MASKED}[{MASKED} ]*{MASKED}", MASKED, text)


def deidentify_sidecar(sidecar):
    """Return a sidecar with what tells how an image was taken, and nothing else.

    Parameters
    ----------
    sidecar : dict
        As from dcm2niix.

    Returns
    -------
    dict
        Fields of `NUMBERS` that are numbers, and of `WORDED` in plain words. Dates and
        times of day, people, places, devices, comments and UIDs are not among them.
    """
    kept = {key: sidecar[key] for key in CONVERTER if key in sidecar}
    for key, value in sidecar.items():
        if key in NUMBERS and _is_numeric(value):
            kept[key] = value
        elif key in WORDED and isinstance(value, str):
            kept[key] = plain_words(value)
        elif key in WORDED and isinstance(value, list):
            kept[key] = [plain_words(item) for item in value]
    return kept


def _is_numeric(value):
    """Tell whether a value holds numbers alone."""
    if isinstance(value, list):
        return all(_is_numeric(item) for item in value)
    return isinstance(value, int | float)


FREE_TEXT = {"data_type": (4, 10), "db_name": (14, 18), "descrip": (148, 80),
             "aux_file": (228, 24), "intent_name": (328, 16)}  # fmt: skip
"""Texts of a NIfTI-1 header: where they begin, and how long they are."""

HEADER = 352
"""Bytes of a NIfTI-1 header with the four that announce extensions."""


def deidentify_image(source, target):
    """Copy a NIfTI image without free text and extensions, compressed.

    dcm2niix writes the time of day, comments of the image and names of files into
    texts of the header.

    Parameters
    ----------
    source : Path
        A .nii file.
    target : str or Path
        Ends in .nii.gz; the same bytes for the same image.

    Raises
    ------
    ValueError
        `source` is no single-file NIfTI-1 image.
    """
    content = bytearray(source.read_bytes())
    order = "<" if content[:4] == struct.pack("<i", 348) else ">"
    if len(content) < HEADER or content[344:347] != b"n+1":
        raise ValueError(f"{source.name} is no NIfTI-1 image: was it converted?")
    for start, length in FREE_TEXT.values():
        content[start : start + length] = bytes(length)
    (offset,) = struct.unpack(order + "f", content[108:112])
    content[108:112] = struct.pack(order + "f", HEADER)
    content[348:HEADER] = bytes(4)
    del content[HEADER : int(offset)]
    with (
        open(target, "wb") as file,
        gzip.GzipFile("", "wb", 4, fileobj=file, mtime=0) as packed,
    ):
        packed.write(content)
